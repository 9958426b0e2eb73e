"""What is asked."""

from datetime import date
from itertools import islice
from urllib.parse import parse_qs, urlsplit

from innkeeper.bench.workload import LAT, LON, SPREAD, Asking, questions


def test_varied() -> None:
    """Stays spread over a year at places around the middle, each question new."""
    asked = list(islice(questions(Asking.VARIED, 3), 2000))
    assert len({question.target for question in asked}) > 1990
    months = set()
    for question in asked:
        fields = parse_qs(urlsplit(question.target).query)
        first, last = (date.fromisoformat(fields[name][0]) for name in ("inDate", "outDate"))
        assert (last - first).days == question.nights
        assert 1 <= question.nights <= 3
        months.add(first.month)
        assert float(fields["lat"][0]) == question.lat
        assert float(fields["lon"][0]) == question.lon
        assert abs(question.lat - LAT) <= SPREAD + 1e-9
        assert abs(question.lon - LON) <= SPREAD + 1e-9
    assert len(months) == 12


def test_repeatable() -> None:
    """The same seed asks the same, another seed something else."""

    def some(seed: int) -> list[object]:
        return list(islice(questions(Asking.VARIED, seed), 10))

    assert some(1) == some(1)
    assert some(1) != some(2)


def test_fixed() -> None:
    """The fixed question is the original's, with nothing that it does not know."""
    asked = set(islice(questions(Asking.FIXED, 1), 10))
    assert {question.target for question in asked} == {
        "/hotels?inDate=2015-04-09&outDate=2015-04-10"
    }


def test_every_plan() -> None:
    """Questions for every plan are the varied ones with a parameter more."""
    every = list(islice(questions(Asking.EVERY_PLAN, 3), 10))
    varied = list(islice(questions(Asking.VARIED, 3), 10))
    assert [one.target for one in every] == [f"{one.target}&plans=all" for one in varied]
