"""What is kept of what was worked out."""

from innkeeper.hotels.memo import Memo


def test_worked_out_once() -> None:
    """An entry is worked out when it is first asked for."""
    asked: list[int] = []

    def double(number: int) -> int:
        asked.append(number)
        return 2 * number

    kept = Memo(double, 1000)

    assert [*map(kept.__getitem__, (1, 2, 1))] == [2, 4, 2]
    assert asked == [1, 2]


def test_the_newest_are_kept() -> None:
    """However many are asked for, memory is bounded, and what makes room is the oldest."""
    kept = Memo(str, 100)

    for number in range(1000):
        assert kept[number] == str(number)
        assert len(kept) <= 100
        assert number in kept
        assert max(0, number - 30) in kept
