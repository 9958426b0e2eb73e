"""What is done to a system, in which order: the model of a scenario and where scenarios are found.

A scenario is a TOML or JSON file; those that are brought along lie in `scenarios/`.
"""

from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from innkeeper.errors import CannotStart

_BUILT_IN = Path(__file__).with_name("scenarios")
_SUFFIXES = (".toml", ".json")

Seconds = Annotated[float, Meta(ge=0, le=3600)]


class Step(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One thing to do. Steps are done in their order, each once the one before is done."""

    do: Literal["kill", "hang", "resume", "restart", "scale", "fault", "settle"]
    """A command of `innkeeper`, or `settle`: wait until every process serves."""
    at: Seconds = 0.0
    """Not before so many seconds of load."""
    after: Seconds = 0.0
    """Not before so many seconds since the step before was done."""
    of: str = ""
    """An instance, or a role: for kill, hang and resume one of its instances, which the seed
    chooses. Several for restart, with spaces between them."""
    seconds: Seconds | None = msgspec.field(default=None, name="for")
    """How long a hang or fault lasts, or an instance that was killed stays away."""
    to: Annotated[int, Meta(ge=1, le=100)] = 1
    """For scale: how many instances."""
    latency: Seconds = 0.0
    errors: Annotated[float, Meta(ge=0, le=1)] = 0.0


class Scenario(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A sequence of failures."""

    about: str
    """A line that says what is done."""
    steps: Annotated[list[Step], Meta(min_length=1)]
    instances: Annotated[int, Meta(ge=1)] = 1
    """How many of each role that is killed, hung or restarted it takes for no request to fail."""
    rest: Seconds = 3.0
    """How long the load goes on after the last step."""


def built_in() -> dict[str, Scenario]:
    """The scenarios that are brought along, by name."""
    return {path.stem: _read(path) for path in sorted(_BUILT_IN.glob("*.toml"))}


def find(name: str) -> Scenario:
    """The scenario of that name, or in that file.

    Raises:
        CannotStart: there is none, or it is not as it should be.
    """
    path = Path(name)
    if path.suffix in _SUFFIXES:
        if not path.is_file():
            raise CannotStart(f"there is no file {name}")
        return _read(path)
    known = built_in()
    if name not in known:
        listed = ", ".join(known)
        raise CannotStart(
            f"no scenario is called {name!r}: take one of {listed}, or a .toml or .json file"
        )
    return known[name]


def _read(path: Path) -> Scenario:
    try:
        text = path.read_bytes()
        if path.suffix == ".toml":
            return msgspec.toml.decode(text, type=Scenario)
        return msgspec.json.decode(text, type=Scenario)
    except OSError as error:
        raise CannotStart(f"{path}: {error.strerror}") from None
    except msgspec.ValidationError as error:
        raise CannotStart(f"{path} is no scenario: {error}") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise CannotStart(f"{path} cannot be read: {error}") from None
