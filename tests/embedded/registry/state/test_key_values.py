"""The key/value store."""

import pytest

from innkeeper.embedded.registry.state.changes import Changes
from innkeeper.embedded.registry.state.key_values import KeyValues


@pytest.fixture
def values() -> KeyValues:
    values = KeyValues(Changes())
    values.put("a/b", b"1", 0)
    values.put("a/c", b"22", 0)
    values.put("z", b"333", 0)
    return values


def test_below(values: KeyValues) -> None:
    """Entries below a prefix come by key; a prefix need not end at a slash."""
    assert [entry.key for entry in values.below("a")] == ["a/b", "a/c"]
    assert [entry.key for entry in values.below("")] == ["a/b", "a/c", "z"]


def test_size(values: KeyValues) -> None:
    """The bytes held follow writes, changes and deletions."""
    assert values.size == 6
    values.put("a/b", b"12345", 0)
    assert values.size == 10
    values.delete("a/b")
    assert values.size == 5


def test_the_same_value_uses_no_index(values: KeyValues) -> None:
    """Writing what is there already is no change; other flags are one."""
    before = values.index_of("a/b")
    values.put("a/b", b"1", 0)
    assert values.index_of("a/b") == before
    values.put("a/b", b"1", 1)
    assert values.index_of("a/b") > before


def test_a_deletion_moves_the_index_below_its_prefix(values: KeyValues) -> None:
    """Watchers of a prefix see a deletion there, those of another do not."""
    before, elsewhere = values.index_below("a/"), values.index_below("z")
    values.delete("a/b")
    assert values.index_below("a/") > before
    assert values.index_below("z") == elsewhere


def test_a_tree_leaves_at_once(values: KeyValues) -> None:
    """Deleting a tree is one change."""
    before = values.index_below("")
    values.delete_below("a/")
    assert values.index_below("") == before + 1
    assert len(values) == 1


def test_old_deletions_are_remembered_together(values: KeyValues) -> None:
    """However many keys left, the index of a prefix never goes back."""
    seen = values.index_below("a/")
    for number in range(2000):
        values.put(f"a/{number}", b"", 0)
        values.delete(f"a/{number}")
        index = values.index_below("a/")
        assert index > seen
        seen = index
    assert values.index_below("none") <= seen
