import os
import subprocess
import sys
from pathlib import Path

import pytest

from innkeeper.errors import CannotStart
from innkeeper.settings import GRPC_CORE, Settings, prepare_grpc_core, without_password


@pytest.mark.parametrize(("text", "seconds"), [("", 1.0), ("0", 0.0), ("2.5", 2.5)])
def test_the_profile_cache_can_be_switched_off(text: str, seconds: float) -> None:
    """Profiles are kept for a moment until somebody says for how long, or not at all."""
    settings = Settings.from_environ({"INNKEEPER_PROFILE_CACHE": text})

    assert settings.frontend.profile_cache_seconds == seconds


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("INNKEEPER_PROFILE_CACHE", "-1"),
        ("INNKEEPER_PROFILE_CACHE", "nan"),
        ("INNKEEPER_PROFILE_CACHE", "off"),
        ("INNKEEPER_DEADLINE", "0"),
        ("INNKEEPER_DEADLINE", "soon"),
    ],
)
def test_seconds_that_cannot_be_meant_are_refused(name: str, text: str) -> None:
    """The variable is named; a deadline of nothing is none."""
    with pytest.raises(CannotStart, match=name):
        Settings.from_environ({name: text})


def test_pages_are_named_by_title_and_url() -> None:
    """Several have commas between; without any there are none."""
    text = "Map=http://localhost:5000/?a=1, Traces=https://traces.example/search,"
    assert Settings.from_environ({"INNKEEPER_PAGES": text}).pages == {
        "Map": "http://localhost:5000/?a=1",
        "Traces": "https://traces.example/search",
    }
    assert Settings.from_environ({}).pages == {}


@pytest.mark.parametrize("text", ["http://x", "Map=", "Map=javascript:alert(1)", "=http://x"])
def test_pages_that_cannot_be_meant_are_refused(text: str) -> None:
    """What is no title with a URL of the web is named."""
    with pytest.raises(CannotStart, match=r"INNKEEPER_PAGES has .*TITLE=URL"):
        Settings.from_environ({"INNKEEPER_PAGES": text})


def test_sampling_is_by_number_until_a_sampler_is_named() -> None:
    """OpenTelemetry's variable goes before our own."""
    tracing = Settings.from_environ({"INNKEEPER_TRACES_PER_SECOND": "7"}).tracing
    assert (tracing.sampler, tracing.traces_per_second) == (None, 7)
    environ = {"OTEL_TRACES_SAMPLER": "TraceIdRatio", "OTEL_TRACES_SAMPLER_ARG": "0.25"}
    tracing = Settings.from_environ(environ).tracing
    assert (tracing.sampler, tracing.sampled_ratio) == ("traceidratio", 0.25)


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("OTEL_TRACES_SAMPLER", "bogus", "always_on, always_off"),
        ("OTEL_TRACES_SAMPLER_ARG", "1%", "from 0 to 1"),
        ("OTEL_TRACES_SAMPLER_ARG", "2", "from 0 to 1"),
        ("INNKEEPER_TRACES_PER_SECOND", "-1", "whole number from 0"),
        ("INNKEEPER_TRACES_PER_SECOND", "many", "whole number from 0"),
    ],
)
def test_sampling_that_cannot_be_meant_is_refused(name: str, text: str, said: str) -> None:
    """The variable is named, and what it may be."""
    with pytest.raises(CannotStart, match=f"{name} is '{text}': .*{said}"):
        Settings.from_environ({name: text})


@pytest.mark.parametrize(
    ("environ", "folder"),
    [
        ({"XDG_STATE_HOME": "/state", "HOME": "/home/x"}, "/state/innkeeper"),
        ({"XDG_STATE_HOME": "relative", "HOME": "/home/x"}, "/home/x/.local/state/innkeeper"),
        ({"HOME": "/home/x"}, "/home/x/.local/state/innkeeper"),
        ({"HOME": "/"}, None),
        ({}, None),
    ],
)
def test_what_outlives_a_run_is_where_the_desktop_says(
    environ: dict[str, str], folder: str | None
) -> None:
    """A user without a home has no such folder."""
    assert Settings.from_environ(environ).state_dir == (folder and Path(folder))


def test_services_may_have_data_of_their_own() -> None:
    """A service's own variable goes before the one of all; an empty one says nothing."""
    settings = Settings.from_environ(
        {"INNKEEPER_DATA": "all", "INNKEEPER_GEO_DATA": "own", "INNKEEPER_RATE_DATA": ""}
    )

    assert settings.data_of("geo") == "own"
    assert settings.data_of("rate") == settings.data_of("profile") == "all"


def test_passwords_of_databases_are_kept_back() -> None:
    """Neither the settings as text nor an address that is shown has them."""
    address = "postgresql://keeper:secret@db/hotels?password=secret&sslmode=require"

    assert without_password(address) == (
        "postgresql://keeper:***@db/hotels?password=***&sslmode=require"
    )
    assert "secret" not in repr(Settings.from_environ({"INNKEEPER_DATA": address}))


def test_variables_of_grpc_are_the_users_first() -> None:
    """What the user sets stays; what is not set becomes ours."""
    environ = {"GRPC_EXPERIMENTS": "-tcp_frame_size_tuning"}
    prepare_grpc_core(environ)
    assert environ == {**GRPC_CORE, "GRPC_EXPERIMENTS": "-tcp_frame_size_tuning"}


@pytest.mark.parametrize(
    ("experiments", "known"), [(GRPC_CORE["GRPC_EXPERIMENTS"], True), ("-unheard_of", False)]
)
def test_grpc_knows_its_experiments(experiments: str, known: bool) -> None:
    """The grpc that is installed has what is switched off."""
    environ = {name: value for name, value in os.environ.items() if name not in GRPC_CORE}
    said = subprocess.run(
        [sys.executable, "-c", "import grpc; grpc.insecure_channel('127.0.0.1:1').close()"],
        env={**environ, "GRPC_EXPERIMENTS": experiments},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ("Unknown experiment" not in said.stderr) is known
