"""Hotels that are made up."""

import os
import subprocess
import sys
from collections import Counter
from itertools import islice
from math import inf
from pathlib import Path

import msgspec
import pytest

from innkeeper.errors import CannotStart
from innkeeper.hotels.catalogue.address import Database, Folder
from innkeeper.hotels.catalogue.load import make_up
from innkeeper.hotels.catalogue.made_up.atlas import cities, shares
from innkeeper.hotels.catalogue.made_up.hotels import hotels
from innkeeper.hotels.catalogue.planfile import priced
from innkeeper.hotels.catalogue.validate import validate
from innkeeper.hotels.faults import faults
from tests.support.sphere import distance


@pytest.mark.parametrize("seed", [1, 2])
def test_every_hotel_is_one_that_people_could_have_written(seed: int) -> None:
    """Each record passes the checks of the flat files, in every country."""
    for entry in hotels(600, seed):
        assert entry.place is not None
        assert entry.plans is not None
        assert entry.profile is not None
        for record in (entry.place, entry.profile, priced(entry.hotel_id, entry.plans)):
            plain = msgspec.json.decode(msgspec.json.encode(record))
            assert faults(plain, type(record)) == []


def test_cities_have_hotels_by_population() -> None:
    """The shares add up, larger cities have more, and hotels are near their city."""
    atlas = cities()
    for count in (1, 16, 1000, 123_457):
        assert sum(shares(atlas, count)) == count
    by_share = sorted(
        zip(shares(atlas, 100_000), atlas, strict=True),
        key=lambda pair: (pair[0], pair[1].population),
    )
    assert [city.population for _, city in by_share] == sorted(city.population for city in atlas)

    where = {city.name: city for city in atlas}
    far = 0
    for entry in hotels(3000, 1):
        assert entry.place is not None
        assert entry.profile is not None
        city = where[entry.profile.address.city]
        far += distance(city.lat, city.lon, entry.place.lat, entry.place.lon) > 30_000
    assert far < 300


def test_the_same_seed_gives_the_same_bytes(tmp_path: Path) -> None:
    """Files are equal to the byte; another seed gives other hotels."""
    for name, seed in (("a", 7), ("b", 7), ("c", 8)):
        make_up(hotels(500, seed), Folder(tmp_path / name))
        make_up(hotels(500, seed), Database(tmp_path / f"{name}.db"))

    def read(name: str) -> list[bytes]:
        files = ("geo.json", "rate.json", "profile.json")
        return [(tmp_path / f"{name}.db").read_bytes()] + [
            (tmp_path / name / file).read_bytes() for file in files
        ]

    assert read("a") == read("b")
    assert all(one != other for one, other in zip(read("a"), read("c"), strict=True))
    assert validate(tmp_path / "a").faults == []


def test_the_bytes_are_the_same_in_every_process(tmp_path: Path) -> None:
    """A database does not depend on the order that Python gives to sets."""
    made = []
    for order in ("1", "2"):
        path = tmp_path / f"{order}.db"
        arguments = ["data", "generate", "--hotels", "500", "--to", f"sqlite:///{path}"]
        subprocess.run(
            [sys.executable, "-m", "innkeeper", *arguments],
            env={**os.environ, "PYTHONHASHSEED": order},
            capture_output=True,
            check=True,
        )
        made.append(path.read_bytes())
    assert made[0] == made[1]


def test_hotels_differ() -> None:
    """Names, prices and ratings are not all alike."""
    made = list(islice(hotels(5000, 3), 1000))

    names = Counter(entry.profile.name for entry in made if entry.profile)
    assert len(names) > 50
    assert max(names.values()) < 50
    lowest, highest = inf, 0
    for entry in made:
        for plan in entry.plans or ():
            lowest, highest = min(lowest, plan.base_price), max(highest, plan.base_price)
    assert highest > 5 * lowest


def test_a_catalogue_is_not_overwritten(tmp_path: Path) -> None:
    """Made-up hotels never come among real ones."""
    (tmp_path / "hotels.db").touch()
    (tmp_path / "geo.json").touch()

    for place in (Database(tmp_path / "hotels.db"), Folder(tmp_path)):
        with pytest.raises(CannotStart, match="has hotels already"):
            make_up(hotels(1, 1), place)
