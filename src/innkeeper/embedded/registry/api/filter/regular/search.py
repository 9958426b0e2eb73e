"""Finds a regular expression in a text, in time that grows with the text alone.

Python's own expressions can take for ever on a pattern that somebody made up, and everybody would
wait. Here the pattern becomes steps, and a text is read once: after each character, the state is
the set of all steps that could come next. States that were met are remembered, so that a text costs
one look-up for each of its characters.
"""

from collections.abc import Iterable
from typing import Final, TypeAlias

from innkeeper.embedded.registry.api.filter.regular.letters import Letters
from innkeeper.embedded.registry.api.filter.regular.pattern import parse
from innkeeper.embedded.registry.api.filter.regular.tree import (
    Choice,
    Edge,
    Letter,
    Malformed,
    Repeat,
    Sequence,
    Tree,
)

MOST_STEPS: Final = 1000
_MOST_REMEMBERED: Final = 5000

_State: TypeAlias = frozenset[int]


class Search:
    """A pattern that is ready to be looked for."""

    def __init__(self, pattern: str) -> None:
        """
        Raises:
            Malformed: the pattern is none, or too large.
            Unsupported: it uses something that is not understood here.
        """
        self._pattern = pattern
        self._letters: dict[int, Letters] = {}
        self._next: dict[int, tuple[int, ...]] = {}
        self._edges: dict[int, bool] = {}
        self._count = 0
        self._found = self._step()
        self._first = self._steps(parse(pattern), self._found)
        self._begin = self._reached([self._first], at_begin=True)
        self._again = self._reached([self._first])
        self._known: dict[tuple[_State, str], _State] = {}

    def __call__(self, text: str) -> bool:
        """Whether it is found anywhere in the text."""
        state = self._begin
        for letter in text:
            if self._found in state:
                return True
            state = self._known.get((state, letter)) or self._after(state, letter)
        return self._found in state or self._found in self._ended(state, whole=not text)

    def _after(self, state: _State, letter: str) -> _State:
        """The state that a character leads to."""
        taken = [
            self._next[step][0]
            for step in state
            if step in self._letters and self._letters[step](letter)
        ]
        # The pattern may also begin here.
        after = self._reached(taken) | self._again
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[state, letter] = after
        return after

    def _ended(self, state: _State, *, whole: bool) -> _State:
        return self._reached(state, at_begin=whole, at_end=True)

    def _reached(
        self, steps: Iterable[int], *, at_begin: bool = False, at_end: bool = False
    ) -> _State:
        """All steps that these lead to without reading anything."""
        reached: set[int] = set()
        left = list(steps)
        while left:
            step = left.pop()
            if step in reached:
                continue
            reached.add(step)
            if step in self._letters:
                continue
            is_end = self._edges.get(step)
            if is_end is None or (at_end if is_end else at_begin):
                left.extend(self._next.get(step, ()))
        return frozenset(reached)

    def _step(self, *following: int) -> int:
        self._count += 1
        if self._count > MOST_STEPS:
            raise Malformed(f"expression too large: `{self._pattern}`")
        self._next[self._count] = following
        return self._count

    def _steps(self, tree: Tree, after: int) -> int:
        """Add the steps of a tree that lead on to `after`; the first of them."""
        if isinstance(tree, Letter):
            step = self._step(after)
            self._letters[step] = tree.letters
            return step
        if isinstance(tree, Edge):
            step = self._step(after)
            self._edges[step] = tree.is_end
            return step
        if isinstance(tree, Choice):
            return self._step(*[self._steps(part, after) for part in tree.parts])
        if isinstance(tree, Sequence):
            for part in reversed(tree.parts):
                after = self._steps(part, after)
            return after
        return self._repeated(tree, after)

    def _repeated(self, repeat: Repeat, after: int) -> int:
        if repeat.most is None:
            loop = self._step()
            self._next[loop] = (self._steps(repeat.inner, loop), after)
            after = loop
        else:
            end = after
            for _ in range(repeat.most - repeat.least):
                after = self._step(self._steps(repeat.inner, after), end)
        for _ in range(repeat.least):
            after = self._steps(repeat.inner, after)
        return after
