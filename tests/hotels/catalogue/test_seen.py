"""The ids that an import has come across."""

from innkeeper.hotels.catalogue.seen import Seen


def test_each_id_is_new_once() -> None:
    """However many there are, an id that comes again is told with the line it stood in first."""
    seen = Seen()
    assert [seen.earlier(f"hotel-{n}", n + 2) for n in range(10_000)] == [None] * 10_000
    assert [seen.earlier(f"hotel-{n}", 1) for n in range(10_000)] == list(range(2, 10_002))
    assert seen.earlier("", 1) is None
    assert seen.earlier("", 2) == 1
