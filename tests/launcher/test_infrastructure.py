"""Which registry and collector are used, and how processes learn of them."""

from innkeeper.launcher.infrastructure import choose, environ
from innkeeper.settings import Settings

PORTS = {"registry": 1, "traces": 2, "otlp-grpc": 3, "otlp-http": 4}


def test_embedded_ones_are_chosen_when_nothing_is_named() -> None:
    """With nothing set, both are embedded, and the reason names the variables that decide."""
    chosen = choose(Settings.from_environ({}))
    assert chosen["registry"].embedded
    assert chosen["registry"].reason == "embedded, as CONSUL_HTTP_ADDR is not set"
    assert chosen["traces"].embedded
    assert chosen["traces"].reason == "embedded, as OTEL_EXPORTER_OTLP_ENDPOINT is not set"


def test_named_ones_are_used() -> None:
    """What the user named is used, shown and not overruled; the token is not shown."""
    settings = Settings.from_environ(
        {
            "CONSUL_HTTP_ADDR": "10.0.0.5:8500",
            "CONSUL_HTTP_TOKEN": "secret",
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://10.0.0.6:4317",
            "INNKEEPER_TRACES_URL": "http://10.0.0.6:16686/",
        }
    )
    chosen = choose(settings)
    assert not chosen["registry"].embedded
    assert chosen["registry"].reason == "CONSUL_HTTP_ADDR=http://10.0.0.5:8500"
    assert chosen["registry"].url == "http://10.0.0.5:8500"
    assert chosen["traces"].reason == "OTEL_EXPORTER_OTLP_ENDPOINT=http://10.0.0.6:4317"
    assert chosen["traces"].url == "http://10.0.0.6:16686"
    assert "secret" not in repr(chosen)
    assert environ(settings, PORTS, "127.0.0.1", None) == {}


def test_a_socket_is_shown_as_such() -> None:
    """A registry behind a Unix socket is shown as the user named it."""
    chosen = choose(Settings.from_environ({"CONSUL_HTTP_ADDR": "unix:///run/consul.sock"}))
    assert chosen["registry"].reason == "CONSUL_HTTP_ADDR=unix:///run/consul.sock"
    assert chosen["registry"].url is None


def test_no_collector_starts_when_tracing_is_off() -> None:
    """With OTEL_SDK_DISABLED nothing is recorded, so nothing collects."""
    settings = Settings.from_environ({"OTEL_SDK_DISABLED": "true"})
    assert choose(settings)["traces"].reason == "none, as OTEL_SDK_DISABLED is set"
    assert set(environ(settings, PORTS, "127.0.0.1", None)) == {"CONSUL_HTTP_ADDR"}


def test_processes_learn_the_addresses_of_the_embedded_ones() -> None:
    """The usual variables tell the processes where the embedded infrastructure is."""
    assert environ(Settings.from_environ({}), PORTS, "127.0.0.1", None) == {
        "CONSUL_HTTP_ADDR": "127.0.0.1:1",
        "OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:3",
        "OTEL_EXPORTER_OTLP_PROTOCOL": "grpc",
        "INNKEEPER_TRACES_URL": "http://localhost:2",
    }


def test_traces_are_read_where_browsers_reach_them() -> None:
    """On a wildcard address processes connect over loopback and people to the advertised one."""
    changes = environ(Settings.from_environ({}), PORTS, "0.0.0.0", "10.0.0.5")
    assert changes["CONSUL_HTTP_ADDR"] == "127.0.0.1:1"
    assert changes["INNKEEPER_TRACES_URL"] == "http://10.0.0.5:2"


def test_a_url_for_reading_traces_that_the_user_set_stays() -> None:
    """INNKEEPER_TRACES_URL of the user is not overruled."""
    settings = Settings.from_environ({"INNKEEPER_TRACES_URL": "https://traces.example"})
    assert "INNKEEPER_TRACES_URL" not in environ(settings, PORTS, "127.0.0.1", None)


def test_a_table_without_infrastructure_needs_none() -> None:
    """A table of roles without registry and collector tells the processes of none."""
    assert environ(Settings.from_environ({}), {"inner": 1}, "127.0.0.1", None) == {}
