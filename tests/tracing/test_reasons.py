"""The exporters' own words, as they were seen, and ours for them."""

import pytest

from innkeeper.tracing.reasons import reason


@pytest.mark.parametrize(
    ("words", "meaning"),
    [
        (
            "Failed to export traces to 127.0.0.1:1, error code: StatusCode.UNAVAILABLE, error"
            " details: failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1:"
            " Failed to connect to remote host: Connection refused",
            "nothing listens there",
        ),
        (
            "Failed to export traces to nosuch:1, error code: StatusCode.UNAVAILABLE, error"
            " details: DNS resolution failed for nosuch:1: C-ares status is not ARES_SUCCESS",
            "its name is not known",
        ),
        (
            "Failed to export traces to 127.0.0.1:1, error code: StatusCode.DEADLINE_EXCEEDED,"
            " error details: Deadline Exceeded",
            "it does not answer in time",
        ),
        (
            "Failed to export spans batch due to timeout, max retries or shutdown.",
            "it does not answer in time",
        ),
        (
            "Failed to export traces to 127.0.0.1:1, error code: StatusCode.UNIMPLEMENTED, error"
            " details: unknown service",
            "what listens there takes no traces",
        ),
    ],
)
def test_known_words_are_said_for_people(words: str, meaning: str) -> None:
    """No text of a library is shown where it is known what it means."""
    assert reason(words) == meaning


def test_other_words_are_shown_cut() -> None:
    """What is not known is better than nothing."""
    assert reason("Failed to export span batch code: 400, reason: Bad Request") == (
        "Failed to export span batch code: 400, reason: Bad Request"
    )
    assert len(reason("x" * 1000)) == 160
