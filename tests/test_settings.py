import pytest

from innkeeper.errors import CannotStart
from innkeeper.settings import Settings


@pytest.mark.parametrize(("text", "seconds"), [("", 0.0), ("0", 0.0), ("2.5", 2.5)])
def test_the_profile_cache_can_be_switched_on(text: str, seconds: float) -> None:
    """The cache of profiles is off until somebody says for how long."""
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
