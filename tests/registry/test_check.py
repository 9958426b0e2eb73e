from innkeeper.registry import Check, Instance

GEO = Instance("geo-1", "geo", "127.0.0.1", 8081)


def test_grpc_check_starts_passing_and_forgets_the_dead() -> None:
    """The default check asks the whole server each second, as Consul spells it."""
    assert Check().definition(GEO) == {
        "GRPC": "127.0.0.1:8081",
        "Interval": "1000ms",
        "Timeout": "1000ms",
        "Status": "passing",
        "DeregisterCriticalServiceAfter": "60000ms",
    }


def test_grpc_check_can_name_a_service() -> None:
    """A service name follows the target after a slash."""
    check = Check(service="innkeeper.geo.v1.Geo")
    assert check.definition(GEO)["GRPC"] == "127.0.0.1:8081/innkeeper.geo.v1.Geo"


def test_tcp_check_only_connects() -> None:
    """A TCP check names no gRPC."""
    definition = Check("tcp", interval=2.5).definition(GEO)
    assert definition["TCP"] == "127.0.0.1:8081"
    assert definition["Interval"] == "2500ms"
    assert "GRPC" not in definition
