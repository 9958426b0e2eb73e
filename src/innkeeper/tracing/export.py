"""The way to the collector: the SDK's own OTLP exporters, which obey `OTEL_EXPORTER_OTLP_*`."""

import logging
from dataclasses import dataclass
from urllib.parse import urlsplit

import grpc
from opentelemetry.sdk.trace.export import SpanExporter

from innkeeper.errors import CannotStart
from innkeeper.settings import TracingSettings

_EXPORTERS_LOG = "opentelemetry.exporter"
_LONGEST_REASON = 160


class _LastWords(logging.Handler):
    """Keeps what the exporters would have logged, so that one warning can say the reason."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.text = "no reason given"

    def emit(self, record: logging.LogRecord) -> None:
        text = record.getMessage()
        self.text = (text.partition("error code: ")[2] or text)[:_LONGEST_REASON]


@dataclass(frozen=True)
class OtlpDestination:
    """An exporter, where it sends to, and why it last failed."""

    exporter: SpanExporter
    where: str
    words: _LastWords

    def reason(self) -> str:
        return self.words.text


def otlp(settings: TracingSettings, protocol: str = "grpc") -> OtlpDestination:
    """Open the exporter that the settings and the standard variables ask for.

    The exporters' own log lines, with a traceback for each failed batch, are kept back.

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
        exporter = _grpc(endpoint) if protocol == "grpc" else _http(endpoint, protocol)
    except CannotStart:
        raise
    except Exception as error:
        raise CannotStart(
            f"traces cannot be exported: {error}; check the OTEL_EXPORTER_OTLP_… variables"
        ) from error
    return OtlpDestination(exporter, _address(settings.endpoint), words)


def _grpc(endpoint: str | None) -> SpanExporter:
    from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(
        endpoint=endpoint,
        # The exporter's own retries back off for seconds; ours look again each second.
        retryable_error_codes=(grpc.StatusCode.RESOURCE_EXHAUSTED,),
    )


def _http(endpoint: str | None, protocol: str) -> SpanExporter:
    if protocol != "http/protobuf":
        raise CannotStart(
            f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}: set it to grpc or http/protobuf"
        )
    # Late: it brings `requests` along, and few use it.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    return OTLPSpanExporter(endpoint=f"{endpoint}/v1/traces" if endpoint else None)


def _address(endpoint: str) -> str:
    """The endpoint without user name and password."""
    parts = urlsplit(endpoint if "://" in endpoint else f"//{endpoint}")
    return (parts.netloc or endpoint).rpartition("@")[2]
