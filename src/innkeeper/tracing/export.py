"""The way to the collector: the SDK's own OTLP exporters, which obey `OTEL_EXPORTER_OTLP_*`."""

import logging
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from innkeeper.errors import CannotStart
from innkeeper.settings import TracingSettings
from innkeeper.tracing.reasons import reason
from innkeeper.tracing.span import Span

_EXPORTERS_LOG = "opentelemetry.exporter"


class _LastWords(logging.Handler):
    """Keeps what the exporters would have logged, so that one warning can say the reason."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = "no reason given"

    def emit(self, record: logging.LogRecord) -> None:
        self.text = reason(record.getMessage())


class _Form(NamedTuple):
    """An exporter and what it takes."""

    exporter: SpanExporter
    prepare: Callable[[Span], Any]
    size: Callable[[Any], int]


class OtlpDestination:
    """A collector that speaks OTLP."""

    def __init__(self, form: "_Form", where: str, words: _LastWords) -> None:
        self.where = where
        self._exporter, self.prepare, self.size = form
        self._words = words

    def send(self, prepared: Sequence[Any]) -> str | None:
        """As `Destination` says."""
        done = self._exporter.export(prepared) is SpanExportResult.SUCCESS
        return None if done else self._words.text

    def close(self) -> None:
        """As `Destination` says."""
        self._exporter.shutdown()


def otlp(settings: TracingSettings, protocol: str = "grpc") -> OtlpDestination:
    """Open the exporter that the settings and the standard variables ask for.

    The exporters' own log lines, some with a traceback, are kept back.

    Args:
        protocol: `grpc` or `http/protobuf`.

    Raises:
        CannotStart: a variable has a value that the exporter refuses.
    """
    words = _LastWords()
    log = logging.getLogger(_EXPORTERS_LOG)
    log.handlers[:] = [words]
    log.propagate = False
    # An endpoint that the user named is left to the exporter: it knows which of the variables
    # wins and what path to add.
    endpoint = None if settings.external else settings.endpoint
    try:
        form = _grpc(endpoint) if protocol == "grpc" else _http(endpoint, protocol)
    except CannotStart:
        raise
    except Exception as error:
        raise CannotStart(
            f"traces cannot be exported: {error}; check the OTEL_EXPORTER_OTLP_… variables"
        ) from error
    return OtlpDestination(form, _address(settings.endpoint), words)


def _grpc(endpoint: str | None) -> _Form:
    from innkeeper.tracing.encode import encode, size
    from innkeeper.tracing.grpc_exporter import GrpcExporter

    # It keeps back what was said a moment ago; our warning would be without its reason.
    logging.getLogger(f"{_EXPORTERS_LOG}.otlp.proto.grpc.exporter").filters.clear()
    return _Form(GrpcExporter(endpoint), encode, size)


def _http(endpoint: str | None, protocol: str) -> _Form:
    if protocol != "http/protobuf":
        raise CannotStart(
            f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}: set it to grpc or http/protobuf"
        )
    # Late: it brings `requests` along, and few use it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    from innkeeper.tracing.readable import readable

    exporter = OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces" if endpoint else None)
    # Its requests have no limit that is known.
    return _Form(exporter, readable, lambda span: 0)


def _address(endpoint: str) -> str:
    """The endpoint without user name and password."""
    parts = urlsplit(endpoint if "://" in endpoint else f"//{endpoint}")
    return (parts.netloc or endpoint).rpartition("@")[2]
