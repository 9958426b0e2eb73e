"""The index and the topics."""

from innkeeper.embedded.registry.state.changes import Changes, Topic

A, B = ("a",), ("b",)


def test_one_write_has_one_index() -> None:
    """What changes together has the same index, and the listener hears of it once, at the end."""
    heard: list[frozenset[Topic]] = []
    changes = Changes(heard.append)
    with changes.write() as outer:
        outer.touch(A)
        with changes.write() as inner:
            inner.touch(B)
        assert not heard
    assert changes.index_of(A) == changes.index_of(B) == changes.index
    assert heard == [{A, B}]


def test_nothing_touched_uses_no_index() -> None:
    """A write that changes nothing leaves the index and tells nobody."""
    heard: list[frozenset[Topic]] = []
    changes = Changes(heard.append)
    before = changes.index
    with changes.write():
        pass
    assert (changes.index, heard) == (before, [])


def test_the_index_is_never_zero() -> None:
    """A topic that nobody has touched has an index above 0, or clients would poll."""
    assert Changes().index_of(A) > 0


def test_a_forgotten_topic_does_not_go_back() -> None:
    """The index of what left and comes back only grows."""
    changes = Changes()
    seen = [changes.index_of(A)]
    with changes.write() as write:
        write.touch(A)
    seen.append(changes.index_of(A))
    with changes.write() as write:
        write.forget(A)
    seen.append(changes.index_of(A))
    with changes.write() as write:
        write.touch(A)
    seen.append(changes.index_of(A))
    assert seen == sorted(set(seen))


def test_a_write_that_fails_is_told_as_far_as_it_came() -> None:
    """What was touched before an error is announced, because it did change."""
    heard: list[frozenset[Topic]] = []
    changes = Changes(heard.append)
    try:
        with changes.write() as write:
            write.touch(A)
            raise RuntimeError
    except RuntimeError:
        pass
    assert heard == [{A}]
