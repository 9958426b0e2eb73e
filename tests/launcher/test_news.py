"""Telling several listeners what becomes of the processes."""

import pytest

from innkeeper.launcher import news
from innkeeper.launcher.events import ProcessEvent, State
from innkeeper.launcher.news import News

EVENT = ProcessEvent("inner-1", ("inner",), State.STOPPED)


def test_followers_hear_what_happens_while_they_follow(monkeypatch: pytest.MonkeyPatch) -> None:
    """One listener hears everything; followers hear what comes until they have too much unread."""
    monkeypatch.setattr(news, "MOST_UNREAD", 2)
    heard: list[ProcessEvent] = []
    tell = News(heard.append)
    tell(EVENT)
    with tell.follow() as unread:
        for _ in range(3):
            tell(EVENT)
        assert unread.qsize() == 2
    tell(EVENT)
    assert len(heard) == 5
