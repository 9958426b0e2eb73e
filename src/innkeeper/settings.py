"""What the environment says, read once. No other module looks at the environment."""

import os
import re
import tempfile
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from pathlib import Path

from innkeeper.errors import CannotStart

REGISTRY_PORT = 8500
TRACES_PORT = 16686
OTLP_GRPC_PORT = 4317
OTLP_HTTP_PORT = 4318

SAMPLERS = (
    *("always_on", "always_off", "traceidratio"),
    *("parentbased_always_on", "parentbased_always_off", "parentbased_traceidratio"),
)
"""The samplers that OpenTelemetry's specification names, of those that need nothing but a ratio."""

DATA_VARIABLES = {
    "geo": "INNKEEPER_GEO_DATA",
    "rate": "INNKEEPER_RATE_DATA",
    "profile": "INNKEEPER_PROFILE_DATA",
}
"""Service → the variable that says where its hotels are, when not where INNKEEPER_DATA says."""

GRPC_CORE = {
    # Has it read in the thread that waits for its events, which spares every message two changes of
    # threads.
    "GRPC_EXPERIMENTS": "-event_engine_client,-event_engine_listener",
    # What it would write to the standard error is raised as well, and said in our words.
    "GRPC_VERBOSITY": "NONE",
}
"""Variables that gRPC's core reads when it is first used, and what they are unless they are set."""

_CHECKOUT = Path(__file__).resolve().parents[2]
_MOST = 1_000_000


@dataclass(frozen=True)
class RegistrySettings:
    """Where Consul's HTTP API is."""

    url: str = f"http://127.0.0.1:{REGISTRY_PORT}"
    """Base URL without a trailing slash; `http://localhost` when `unix_socket` is set."""
    external: bool = False
    """Whether the user named it; then no embedded registry starts."""
    unix_socket: str | None = None
    """Path of the socket to connect to instead of the URL's host."""
    token: str | None = field(default=None, repr=False)
    """ACL token, sent with every request."""
    ca_file: str | None = None
    """PEM file of the authorities to trust instead of the system's."""
    verify: bool = True
    """Whether the certificate is checked."""


@dataclass(frozen=True)
class TracingSettings:
    """Where spans go and where people read them. The OpenTelemetry exporter reads its own
    variables (`OTEL_EXPORTER_OTLP_*`); here stands only what decides about us."""

    endpoint: str = f"http://127.0.0.1:{OTLP_GRPC_PORT}"
    """OTLP endpoint used when the user named none."""
    protocol: str = "grpc"
    """How spans are sent: `grpc` or `http/protobuf`."""
    external: bool = False
    """Whether the user named an endpoint; then no embedded collector starts."""
    traces_url: str | None = f"http://localhost:{TRACES_PORT}"
    """Base URL of the pages that show traces; None when nobody said."""
    disabled: bool = False
    """Whether nothing is recorded at all (`OTEL_SDK_DISABLED`, or `OTEL_TRACES_EXPORTER=none`)."""
    traces_per_second: int = 50
    """Traces that begin in one process and are kept; 0 keeps none."""
    sampler: str | None = None
    """One of `SAMPLERS`, which then decides in the place of the number above."""
    sampled_ratio: float = 1.0
    """The share of traces that the samplers by ratio keep."""


@dataclass(frozen=True)
class FrontendSettings:
    """What the edge of the system needs."""

    deadline: float = 2.0
    """Seconds that a request may take, all services together."""
    profile_cache_seconds: float = 1.0
    """How long what Profile says about a hotel is used again; with 0 it is asked every time."""
    google_maps_api_key: str | None = field(default=None, repr=False)
    """When set, the page shows a Google map."""


@dataclass(frozen=True)
class Settings:
    """Everything that the environment decides."""

    registry: RegistrySettings = RegistrySettings()
    tracing: TracingSettings = TracingSettings()
    frontend: FrontendSettings = FrontendSettings()
    data: str = field(default=str(_CHECKOUT / "data"), repr=False)
    """Where hotels are: a folder of flat files, or a database as `sqlite:///FILE` or as
    `postgresql://USER:PASSWORD@HOST/DATABASE`."""
    data_by_service: Mapping[str, str] = field(default_factory=dict, repr=False)
    """The same for services that have their own place."""
    traces_memory_mb: int = 256
    """The most memory, in MB, that the embedded collector holds traces in."""
    pages: Mapping[str, str] = field(default_factory=dict)
    """Title → URL of the system's pages, which the embedded registry and collector link to."""
    log_level: str = "INFO"
    batching: bool = True
    """Whether read-only calls that are under way together share messages."""
    registry_file: str = ""
    """Where the embedded registry keeps what is registered over its restart; empty means a file of
    its own in `state_dir`, `none` in memory alone."""
    state_dir: Path | None = None
    """The user's folder for what outlives a run; None when there is none."""
    runtime_dir: Path = Path(tempfile.gettempdir(), f"innkeeper-{os.getuid()}")
    """The user's folder for the control sockets of every `up`."""

    def data_of(self, service: str) -> str:
        """Where the hotels of a service are."""
        return self.data_by_service.get(service, self.data)

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """Read the environment.

        Raises:
            CannotStart: a variable has a value that cannot be meant; the text names it.
        """
        return cls(
            registry=_registry(environ),
            tracing=_tracing(environ),
            frontend=FrontendSettings(
                deadline=_seconds(environ, "INNKEEPER_DEADLINE", FrontendSettings.deadline),
                profile_cache_seconds=_seconds(
                    environ,
                    "INNKEEPER_PROFILE_CACHE",
                    FrontendSettings.profile_cache_seconds,
                    zero=True,
                ),
                google_maps_api_key=environ.get("GOOGLE_MAPS_API_KEY") or None,
            ),
            data=environ.get("INNKEEPER_DATA") or str(default_data()),
            data_by_service={
                service: place
                for service, name in DATA_VARIABLES.items()
                if (place := environ.get(name))
            },
            traces_memory_mb=_positive(environ, "INNKEEPER_TRACES_MEMORY_MB", 256),
            pages=_pages(environ),
            log_level=_level(environ),
            batching=_flag(environ, "INNKEEPER_BATCHING", default=True),
            registry_file=environ.get("INNKEEPER_REGISTRY_FILE", "").strip(),
            state_dir=_state_dir(environ),
            runtime_dir=_runtime_dir(environ),
        )


def without_password(address: str) -> str:
    """The address of a database as it may be shown."""
    # Up to the last at sign, as people forget to encode those in passwords.
    shown = re.sub(r"(?<=://)([^:/@?]*):.*@", r"\1:***@", address)
    return re.sub(r"(?i)(password=)[^&\s]*", r"\1***", shown)


def child_environ(changes: Mapping[str, str]) -> dict[str, str]:
    """The environment of a process that this one starts: its own with `changes` made."""
    return {**os.environ, **changes}


def prepare_grpc_core(environ: MutableMapping[str, str] = os.environ) -> None:
    """Set what gRPC's core reads, where the user has not."""
    for name, value in GRPC_CORE.items():
        environ.setdefault(name, value)


def default_data() -> Path:
    """The checkout's folder, or `data` where the command runs when innkeeper is installed."""
    checkout = _CHECKOUT / "data"
    return checkout if checkout.is_dir() else Path("data")


def _state_dir(environ: Mapping[str, str]) -> Path | None:
    """As the XDG base directories have it: a variable, else a folder below the home."""
    state, home = environ.get("XDG_STATE_HOME", ""), environ.get("HOME", "")
    if Path(state).is_absolute():
        return Path(state, "innkeeper")
    # Users of containers have no home, which is said as the root of all.
    has_home = Path(home).is_absolute() and Path(home) != Path("/")
    return Path(home, ".local", "state", "innkeeper") if has_home else None


def _runtime_dir(environ: Mapping[str, str]) -> Path:
    """Below the folder that the session has for such things, else the one for temporary files."""
    session = environ.get("XDG_RUNTIME_DIR")
    if session and os.access(session, os.W_OK | os.X_OK):
        return Path(session, "innkeeper")
    return Path(tempfile.gettempdir(), f"innkeeper-{os.getuid()}")


def _registry(environ: Mapping[str, str]) -> RegistrySettings:
    """As Consul's own tools read it: host:port, with or without a scheme, or unix://PATH."""
    address = environ.get("CONSUL_HTTP_ADDR", "").strip()
    token = environ.get("CONSUL_HTTP_TOKEN") or None
    ca_file = environ.get("CONSUL_CACERT") or None
    secure = _flag(environ, "CONSUL_HTTP_SSL", default=False)
    verify = _flag(environ, "CONSUL_HTTP_SSL_VERIFY", default=True)
    external = bool(address)
    unix_socket = None
    if not address:
        address = f"127.0.0.1:{REGISTRY_PORT}"
    scheme, separator, rest = address.partition("://")
    if not separator:
        scheme, rest = ("https" if secure else "http"), address
    if scheme == "unix":
        unix_socket, scheme, rest = rest, "http", "localhost"
    if scheme not in ("http", "https") or not rest.strip("/"):
        raise CannotStart(
            f"CONSUL_HTTP_ADDR is {address!r}: set it to HOST:PORT, http(s)://HOST:PORT"
            " or unix:///PATH"
        )
    if secure:
        scheme = "https"
    return RegistrySettings(
        url=f"{scheme}://{rest.rstrip('/')}",
        external=external,
        unix_socket=unix_socket,
        token=token,
        ca_file=ca_file,
        verify=verify,
    )


def _tracing(environ: Mapping[str, str]) -> TracingSettings:
    endpoint = _either(environ, "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
    protocol = _either(environ, "OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
    exporter = environ.get("OTEL_TRACES_EXPORTER", "").strip() or "otlp"
    if exporter not in ("otlp", "none"):
        raise CannotStart(f"OTEL_TRACES_EXPORTER is {exporter!r}: set it to otlp or none")
    url = environ.get("INNKEEPER_TRACES_URL")
    disabled = _flag(environ, "OTEL_SDK_DISABLED", default=False) or exporter == "none"
    default_url = None if endpoint or disabled else TracingSettings.traces_url
    return TracingSettings(
        endpoint=endpoint or TracingSettings.endpoint,
        protocol=protocol or TracingSettings.protocol,
        external=bool(endpoint),
        traces_url=url.rstrip("/") if url else default_url,
        disabled=disabled,
        traces_per_second=_count(
            environ, "INNKEEPER_TRACES_PER_SECOND", TracingSettings.traces_per_second
        ),
        sampler=_sampler(environ),
        sampled_ratio=_ratio(environ, "OTEL_TRACES_SAMPLER_ARG"),
    )


def _sampler(environ: Mapping[str, str]) -> str | None:
    name = environ.get("OTEL_TRACES_SAMPLER", "").strip().lower()
    if name and name not in SAMPLERS:
        raise CannotStart(
            f"OTEL_TRACES_SAMPLER is {name!r}: set it to one of {', '.join(SAMPLERS)}"
        )
    return name or None


def _ratio(environ: Mapping[str, str], name: str) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return 1.0
    try:
        ratio = float(text)
    except ValueError:
        ratio = -1.0
    if not 0 <= ratio <= 1:
        raise CannotStart(f"{name} is {text!r}: set it to a share from 0 to 1, such as 0.01")
    return ratio


def _either(environ: Mapping[str, str], first: str, second: str) -> str | None:
    """The more special of two variables, where it is set."""
    return environ.get(first) or environ.get(second) or None


def _flag(environ: Mapping[str, str], name: str, *, default: bool) -> bool:
    value = environ.get(name, "").strip().lower()
    if value == "":
        return default
    if value in ("1", "t", "true"):
        return True
    if value in ("0", "f", "false"):
        return False
    raise CannotStart(f"{name} is {value!r}: set it to true or false")


def _seconds(environ: Mapping[str, str], name: str, default: float, *, zero: bool = False) -> float:
    text = environ.get(name, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not (0 < value < 3600 or (zero and value == 0)):
        raise CannotStart(f"{name} is {text!r}: set it to a number of seconds, such as 2")
    return value


def _positive(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) == 0:
        raise CannotStart(f"{name} is {text!r}: set it to a whole number above 0")
    return int(text)


def _count(environ: Mapping[str, str], name: str, default: int) -> int:
    text = environ.get(name, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) > _MOST:
        raise CannotStart(f"{name} is {text!r}: set it to a whole number from 0 to {_MOST}")
    return int(text)


def _pages(environ: Mapping[str, str]) -> Mapping[str, str]:
    text = environ.get("INNKEEPER_PAGES", "")
    pages = {}
    for entry in filter(None, map(str.strip, text.split(","))):
        title, _, url = entry.partition("=")
        if not title or not url.startswith(("http://", "https://")):
            raise CannotStart(
                f"INNKEEPER_PAGES has {entry!r}: set it to TITLE=URL, several with commas between"
            )
        pages[title] = url
    return pages


def _level(environ: Mapping[str, str]) -> str:
    level = environ.get("INNKEEPER_LOG_LEVEL", "INFO").strip().upper()
    allowed = ("DEBUG", "INFO", "WARNING", "ERROR")
    if level not in allowed:
        raise CannotStart(
            f"INNKEEPER_LOG_LEVEL is {level!r}: set it to one of {', '.join(allowed)}"
        )
    return level
