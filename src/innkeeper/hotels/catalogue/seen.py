"""The ids that an import has come across, in a tenth of the memory that a dictionary takes."""

from array import array

_SMALLEST = 1 << 10
_ALL_BITS = (1 << 64) - 1


class Seen:
    """Which line each id stood in first.

    Ids are known by hashes of 64 bits, in an open table that is at most half full. That two of a
    million ids share one happens once in forty million imports.
    """

    def __init__(self) -> None:
        self._count = 0
        self._make(_SMALLEST)

    def earlier(self, hotel_id: str, line: int) -> int | None:
        """The line that the id stood in before; None for a new one, which is remembered."""
        # 0 stands for a free place.
        code = hash(hotel_id) & _ALL_BITS or 1
        place = self._find(code)
        if self._codes[place]:
            return self._lines[place]
        self._codes[place], self._lines[place] = code, line
        self._count += 1
        if self._count * 2 > len(self._codes):
            self._grow()
        return None

    def _find(self, code: int) -> int:
        codes, mask = self._codes, len(self._codes) - 1
        place = code & mask
        while codes[place] not in (0, code):
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        old = zip(self._codes, self._lines, strict=True)
        self._make(len(self._codes) * 2)
        for code, line in old:
            if code:
                place = self._find(code)
                self._codes[place], self._lines[place] = code, line

    def _make(self, places: int) -> None:
        self._codes = array("Q", bytes(8 * places))
        self._lines = array("Q", bytes(8 * places))
