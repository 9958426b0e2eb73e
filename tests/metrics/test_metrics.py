"""The figures of a process, as Prometheus reads them."""

import logging
from collections.abc import Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

from innkeeper.metrics import RPC_CODES, Metrics

Labels = Mapping[str, str]
NEARBY = "innkeeper.geo.v1.Geo/Nearby"


@pytest.fixture
def metrics() -> Metrics:
    return Metrics()


def sample(metrics: Metrics, name: str, **labels: str) -> float | None:
    """The value of one sample of what is rendered; labels not named may be any."""
    for family in text_string_to_metric_families(metrics.render().decode()):
        for found in family.samples:
            if found.name == name and found.labels.items() >= labels.items():
                return found.value
    return None


def test_a_call_is_counted_on_both_sides(metrics: Metrics) -> None:
    """Under OpenTelemetry's names, by role, method and status."""
    metrics.server_calls("geo", NEARBY, "OK").observe(0.003)
    metrics.client_calls("search", NEARBY, "UNAVAILABLE").observe(0.2)
    served = {"role": "geo", "rpc_method": NEARBY, "rpc_response_status_code": "OK"}
    made = {"role": "search", "rpc_method": NEARBY, "rpc_response_status_code": "UNAVAILABLE"}
    assert sample(metrics, "rpc_server_call_duration_seconds_count", **served) == 1
    assert sample(metrics, "rpc_server_call_duration_seconds_sum", **served) == 0.003
    assert sample(metrics, "rpc_client_call_duration_seconds_count", **made) == 1


def test_buckets_are_cumulative_and_end_with_all(metrics: Metrics) -> None:
    """A value at a bound belongs to the bucket that ends there."""
    for seconds in (0.0001, 0.005, 0.0051, 99.0):
        metrics.server_calls("geo", NEARBY, "OK").observe(seconds)
    name = "rpc_server_call_duration_seconds_bucket"
    ends = ("0.00025", "0.005", "0.01", "10.0", "+Inf")
    assert [sample(metrics, name, le=end) for end in ends] == [1, 2, 3, 3, 4]


def test_requests_are_counted_by_route_and_status(metrics: Metrics) -> None:
    """Under the names of OpenTelemetry's HTTP conventions."""
    metrics.http_request("frontend", "GET", "/hotels", 503, 2.0)
    assert (
        sample(
            metrics,
            "http_server_request_duration_seconds_count",
            role="frontend",
            http_request_method="GET",
            http_route="/hotels",
            http_response_status_code="503",
        )
        == 1
    )


def test_what_is_declared_is_there_before_it_happens(metrics: Metrics) -> None:
    """A counter never goes missing because nothing happened yet."""
    metrics.declare_server("geo", [NEARBY])
    metrics.declare_client("search", [NEARBY])
    metrics.declare_http("frontend", "GET", "/hotels")
    for code in RPC_CODES:
        for side in ("server", "client"):
            name = f"rpc_{side}_call_duration_seconds_count"
            assert sample(metrics, name, rpc_response_status_code=code) == 0
    name = "http_server_request_duration_seconds_count"
    for status in (200, 400, 500, 503, 504):
        assert sample(metrics, name, http_response_status_code=str(status)) == 0


def test_retries_are_counted_from_zero(metrics: Metrics) -> None:
    """Attempts beyond the first, by role and method; a method that may be called shows a zero."""
    metrics.declare_client("search", [NEARBY])
    name, made = "innkeeper_rpc_client_retries_total", {"role": "search", "rpc_method": NEARBY}
    assert sample(metrics, name, **made) == 0
    metrics.client_retries("search", NEARBY, 2)
    metrics.client_retries("search", NEARBY, 1)
    metrics.declare_client("search", [NEARBY])
    assert sample(metrics, name, **made) == 3


def test_messages_are_counted_with_what_they_carry(metrics: Metrics) -> None:
    """By the service that is called on one side, by the role that answers on the other."""
    metrics.declare_batches_sent("geo")
    metrics.declare_batches_received("geo")
    sent, received = "innkeeper_rpc_sent_batch_calls", "innkeeper_rpc_received_batch_calls"
    assert sample(metrics, f"{sent}_count", service="geo") == 0
    assert sample(metrics, f"{received}_count", role="geo") == 0
    for calls in (1, 3, 300):
        metrics.batch_sent("geo", calls)
        metrics.batch_received("geo", calls)
    for name in (sent, received):
        ends = ("1.0", "4.0", "256.0", "+Inf")
        assert [sample(metrics, f"{name}_bucket", le=end) for end in ends] == [1, 2, 2, 3]
        assert sample(metrics, f"{name}_sum") == 304


def test_made_up_methods_are_one_series(metrics: Metrics) -> None:
    """A caller cannot fill the memory with methods that no one knows."""
    for number in range(100):
        metrics.http_request("frontend", f"M{number}", "unknown", 405, 0.1)
    name = "http_server_request_duration_seconds_count"
    assert sample(metrics, name, http_request_method="_OTHER") == 100


def test_declaring_again_forgets_nothing(metrics: Metrics) -> None:
    """What was counted stays counted."""
    metrics.server_calls("geo", NEARBY, "OK").observe(0.003)
    metrics.declare_server("geo", [NEARBY])
    name = "rpc_server_call_duration_seconds_count"
    assert sample(metrics, name, rpc_response_status_code="OK") == 1


def test_figures_are_read_when_asked_for(metrics: Metrics) -> None:
    """A gauge follows its source; a counter gets the ending that Prometheus wants."""
    waiting = 3
    metrics.gauge("queue_depth", "Calls that wait.", lambda: waiting)
    metrics.counter("retries", "Second attempts.", lambda: {("geo",): 2}, ["service"])
    assert sample(metrics, "queue_depth") == 3
    waiting = 4
    assert sample(metrics, "queue_depth") == 4
    assert sample(metrics, "retries_total", service="geo") == 2


def test_a_figure_that_cannot_be_read_costs_no_other(
    metrics: Metrics, caplog: pytest.LogCaptureFixture
) -> None:
    """It is left out, and said once until it can be read again."""
    failing = True

    def read() -> float:
        if failing:
            raise RuntimeError("gone")
        return 1

    metrics.gauge("watch_age", "Seconds.", read)
    metrics.server_calls("geo", NEARBY, "OK").observe(0.003)
    with caplog.at_level(logging.WARNING):
        assert sample(metrics, "watch_age") is None
        assert sample(metrics, "rpc_server_call_duration_seconds_count") == 1
    assert [record.getMessage() for record in caplog.records] == [
        "metric watch_age cannot be read: RuntimeError('gone')"
    ]
    failing = False
    assert sample(metrics, "watch_age") == 1


def test_registering_reads_nothing(metrics: Metrics) -> None:
    """The source of a figure may not be ready yet."""
    metrics.gauge("later", "Not yet.", lambda: pytest.fail("read"))


def test_a_taken_name_is_refused(metrics: Metrics) -> None:
    """Two sources of one figure would hide each other."""
    metrics.gauge("queue_depth", "Calls that wait.", lambda: 1)
    with pytest.raises(ValueError, match="queue_depth"):
        metrics.gauge("queue_depth", "Calls that wait.", lambda: 2)


def test_the_wrong_labels_are_refused(metrics: Metrics) -> None:
    """The error names the labels."""
    sizes = metrics.histogram("batch_size", "Calls to a message.", ["service"], [1, 2, 4])
    with pytest.raises(ValueError, match="service"):
        sizes.observe(("geo", "geo-1"), 1)
    sizes.observe(("geo",), 3)
    assert sizes.count(("geo",)) == 1
    assert sizes.count(("rate",)) == 0


def test_the_process_itself_is_shown(metrics: Metrics) -> None:
    """Memory, CPU and files, under prometheus-client's names."""
    for name in ("process_resident_memory_bytes", "process_cpu_seconds_total", "process_open_fds"):
        assert (sample(metrics, name) or 0) > 0


def test_two_processes_in_one_test_do_not_meet() -> None:
    """Nothing is registered globally."""
    first, second = Metrics(), Metrics()
    first.server_calls("geo", NEARBY, "OK").observe(0.003)
    assert sample(second, "rpc_server_call_duration_seconds_count") is None


def test_odd_label_values_stay_in_their_place(metrics: Metrics) -> None:
    """Quotes, line ends and backslashes are escaped."""
    odd = 'a"b\nc\\d'
    metrics.http_request("frontend", "GET", odd, 200, 0.1)
    name = "http_server_request_duration_seconds_count"
    assert sample(metrics, name, http_route=odd) == 1
