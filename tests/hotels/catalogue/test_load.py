"""Importing, over both kinds of catalogue."""

import asyncio
import csv
import json
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from innkeeper.errors import CannotStart
from innkeeper.hotels.catalogue.address import parse
from innkeeper.hotels.catalogue.entry import Changes, Entry
from innkeeper.hotels.catalogue.load import load, writing
from innkeeper.hotels.catalogue.numbers import one_plan
from innkeeper.hotels.catalogue.rejects import Rejects
from innkeeper.hotels.catalogue.row import Reject
from innkeeper.hotels.catalogue.source import Found
from innkeeper.hotels.catalogue.stores import open_geo, open_profile, open_rate
from innkeeper.hotels.catalogue.validate_database import database_faults
from innkeeper.hotels.geo.store import Place
from tests.hotels.catalogue.conftest import Import

HEADER = "id,name,lat,lon,price\n"
WORLD = 2.1e7


@pytest.fixture(params=["{}/catalogue", "sqlite:///{}/hotels.db"], ids=["folder", "sqlite"])
def to(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a catalogue that is still to be made."""
    return request.param.format(tmp_path)


def entries(numbers: Sequence[int], lat: float = 1.0) -> list[Found]:
    return [
        Found(n, Entry(str(n), Place(str(n), lat, n / 1000), [one_plan(100, "EUR")], None))
        for n in numbers
    ]


async def ids(to: str) -> set[str]:
    return {hotel_id for _, hotel_id, _, _ in await open_geo(to).nearby(0, 0, WORLD, 100_000)}


async def test_hotels_are_there_for_all_three_services(bring: Import, to: str) -> None:
    """A row gives a place, a plan and a description."""
    row = "7,Bates Motel,35.1,-119.7,99.50 USD"
    outcome, rejected = bring(f"{HEADER}{row}\n", to=to)

    assert (outcome.changes, rejected) == (Changes(new=1), [])
    (place,) = await open_geo(to).nearby(35.1, -119.7, 10, 5)
    (plan,) = (await open_rate(to).plans(["7"]))["7"]
    hotel = (await open_profile(to).hotels(["7"]))["7"]
    assert place[1:] == ("7", 35.1, -119.7)
    assert (plan.base_price, plan.currency, plan.max_adults) == (9950, "USD", 2)
    assert (hotel.name, hotel.description.best("de").content) == ("Bates Motel", "Bates Motel")


async def test_an_import_is_run_again_without_a_change(bring: Import, to: str) -> None:
    """The same rows change nothing, others change what is different, and the rest stays."""
    bring(HEADER + "1,A,1,1,5EUR\n2,B,2,2,5EUR\n3,C,3,3,5EUR\n", to=to)

    again, _ = bring(HEADER + "1,A,1,1,5EUR\n2,B,2,2,5EUR\n", to=to)
    other, _ = bring(HEADER + "1,A,1,1,6EUR\n2,B,2,2.5,5EUR\n3,Z,3,3,\n4,D,4,4,\n", to=to)

    assert again.changes == Changes(same=2)
    assert other.changes == Changes(new=1, changed=3)
    assert other.unbookable == 1
    assert [lon for _, _, _, lon in await open_geo(to).nearby(2, 2.5, 10, 5)] == [2.5]
    assert await open_geo(to).nearby(2, 2, 10, 5) == []
    assert (await open_rate(to).plans(["1"]))["1"][0].base_price == 600
    assert (await open_rate(to).plans(["3"]))["3"][0].base_price == 500
    assert (await open_profile(to).hotels(["3"]))["3"].name == "Z"


async def test_the_project_s_data_is_imported_whole(to: str, tmp_path: Path) -> None:
    """Flat files give the same answers from wherever they are imported to."""
    from innkeeper.hotels.catalogue.source import Options, open_source

    source = open_source(Path("data"), Options())
    with Rejects(tmp_path / "rejects.csv", source.rejected) as rejects:
        assert load(source.items, parse(to), rejects).changes == Changes(new=16)

    hotel_ids = [str(n) for n in range(1, 17)]
    assert await open_geo(to).nearby(37.7749, -122.4194, 10_000, 20) == await open_geo(
        "data"
    ).nearby(37.7749, -122.4194, 10_000, 20)
    imported, original = (
        await open_rate(to).plans(hotel_ids),
        await open_rate("data").plans(hotel_ids),
    )
    for hotel_id in hotel_ids:
        assert [plan.base_price for plan in imported[hotel_id]] == [
            plan.base_price for plan in original[hotel_id]
        ]
        assert [list(plan.weekday_prices) for plan in imported[hotel_id]] == [
            list(plan.weekday_prices) for plan in original[hotel_id]
        ]
        assert [list(plan.seasons) for plan in imported[hotel_id]] == [
            list(plan.seasons) for plan in original[hotel_id]
        ]
    assert (await open_profile(to).hotels(["5"]))["5"].name == "Phoenix Hotel"


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (HEADER + "a\0b,A,1,1,5EUR\nc,C\0,1,1,5EUR\nd,D,1,1,5EUR\n", "hotels.csv"),
        (
            '[{"id": "a\\u0000b", "name": "A", "lat": 1, "lon": 1},\n'
            '{"id": "c", "name": "C\\u0000", "lat": 1, "lon": 1},\n'
            '{"id": "d", "name": "D", "lat": 1, "lon": 1}]',
            "hotels.json",
        ),
    ],
    ids=["csv", "json"],
)
async def test_what_one_store_cannot_keep_comes_into_none(
    bring: Import, to: str, content: str, name: str
) -> None:
    """A NUL in an id or a name is a reason to reject the row, whatever the store."""
    outcome, rejected = bring(content, name, to=to)

    reasons = [reason for _, reason in rejected]
    assert reasons == ["hotel_id has a NUL character", "name has a NUL character"]
    assert outcome.changes.new == 1
    assert await ids(to) == {"d"}


async def test_bad_rows_are_kept_with_their_reasons(bring: Import, to: str, tmp_path: Path) -> None:
    """Good rows are imported, bad ones go to a file that can be corrected and imported."""
    content = HEADER + "1,A,1,1,\n2,,1,1,\n3,C,91,1,\n1,again,1,1,\n5,E,1,1,5,6,7\n6,F,x,,-3EUR\n"
    outcome, rejected = bring(content, to=to)

    assert (outcome.changes.new, outcome.rejected) == (1, 5)
    assert [line for line, _ in rejected] == [3, 4, 5, 6, 7]
    reasons = [reason for _, reason in rejected]
    assert reasons[0] == "name is empty"
    assert reasons[1].startswith("lat: expected `float` <= 90.0")
    assert reasons[2] == "line 2 has the same id '1'"
    assert reasons[3] == "7 fields where the header has 5"
    assert reasons[4] == (
        "lat: 'x' is not a number; lon is empty; price: '-3EUR' is not a price such as 120EUR"
    )
    kept = (tmp_path / "rejects.csv").read_text("utf-8-sig")
    assert kept.startswith("line,reason,id,name,lat,lon,price\n")
    corrected, _ = bring(kept.replace(",91,", ",9,"), to=to)
    assert corrected.changes.new == 1


def test_rejects_keep_the_whole_row_whatever_was_wrong(
    bring: Import, to: str, tmp_path: Path
) -> None:
    """A row with a taken id comes first, one that is no JSON and a late field after it."""
    rows = [
        '{"id": "1", "name": "A", "lat": 1, "lon": 1}',
        '{"id": "1", "name": "B", "lat": 2, "lon": 2}',
        '{"id": "3", "name": "C", "lat": 3, "lon": ',
        '{"id": "4", "name": "D", "lat": 94, "lon": 4}',
        "[]",
    ]
    outcome, _ = bring("\n".join(rows), "hotels.jsonl", to=to)

    assert (outcome.changes.new, outcome.rejected) == (1, 4)
    with (tmp_path / "rejects.csv").open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        kept = list(reader)
    assert reader.fieldnames == ["line", "reason", "id", "name", "lat", "lon", "record"]
    assert [(row["line"], row["id"], row["name"], row["record"]) for row in kept] == [
        ("2", "1", "B", ""),
        ("3", "", "", rows[2].strip()),
        ("4", "4", "D", ""),
        ("5", "", "", "[]"),
    ]


def test_hotels_are_not_kept_without_their_rejects(to: str) -> None:
    """Where the disk is too full for the rejects, nothing is imported, and the line says so."""
    source = [Reject(2, "is no hotel", {}), *entries([1])]

    with (
        pytest.raises(CannotStart, match=r"No space left on device.*, nothing was imported"),
        Rejects(Path("/dev/full"), ()) as rejects,
    ):
        load(source, parse(to), rejects)

    with pytest.raises(CannotStart, match="is missing"):
        open_geo(to)


async def test_a_reader_never_sees_half(to: str) -> None:
    """While an import is under way, and after it failed, what was there is there."""
    with writing(parse(to)) as writer:
        writer.put([found.entry for found in entries(range(10))])
    failing = writing(parse(to))

    failing.__enter__().put([found.entry for found in entries(range(5000), lat=2.0)])
    during = await ids(to)
    error = RuntimeError("the source broke")
    assert not failing.__exit__(RuntimeError, error, None)

    assert during == await ids(to) == {str(n) for n in range(10)}


async def test_an_open_store_sees_an_import(tmp_path: Path) -> None:
    """A service that has the database open answers from it after the import, without restart."""
    to = f"sqlite:///{tmp_path}/hotels.db"
    with writing(parse(to)) as writer:
        writer.put([found.entry for found in entries([1])])
    geo, rate = open_geo(to), open_rate(to)
    assert len(await geo.nearby(1, 0, 50_000, 10)) == 1

    with writing(parse(to)) as writer:
        writer.put([found.entry for found in entries([1, 2])])

    assert len(await geo.nearby(1, 0, 50_000, 10)) == 2
    assert len(await rate.plans(["1", "2"])) == 2


def test_two_imports_at_once_are_refused(to: str) -> None:
    """The second one ends with a clear error, the first one goes on."""
    with (
        writing(parse(to)),
        pytest.raises(CannotStart, match="being written by another import"),
        writing(parse(to)),
    ):
        pass


def test_a_folder_holds_ten_thousand(to: str) -> None:
    """Beyond that, a folder refuses and names the other store; a database takes them."""
    many = [found.entry for found in entries(range(10_001))]
    if to.startswith("sqlite:"):
        with writing(parse(to)) as writer:
            assert writer.put(many) == Changes(new=10_001)
        return

    with (
        pytest.raises(CannotStart, match="at most 10,000 hotels: import with --to sqlite:"),
        writing(parse(to)) as writer,
    ):
        writer.put(many)

    assert not (Path(to) / "geo.json").exists()


WRITE_MANY = """
import sys
from tests.hotels.catalogue.test_load import *
with writing(parse(sys.argv[1])) as writer:
    writer.put([found.entry for found in entries(range(9000), lat=3.0)])
    print("half", flush=True)
    if sys.argv[2] == "wait":
        sys.stdin.read()
"""


@pytest.mark.parametrize("before", [True, False], ids=["changed", "made"])
def test_killed_in_the_middle_nothing_is_lost(to: str, before: bool) -> None:
    """What was there stays, and the same import works when it is run again."""
    if before:
        with writing(parse(to)) as writer:
            writer.put([found.entry for found in entries(range(10))])
    with subprocess.Popen(
        [sys.executable, "-c", WRITE_MANY, to, "wait"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"half\n"
        os.kill(child.pid, signal.SIGKILL)

    if before:
        assert asyncio.run(ids(to)) == {str(n) for n in range(10)}
    else:
        with pytest.raises(CannotStart, match="is missing"):
            open_geo(to)
    with writing(parse(to)) as writer:
        writer.put([found.entry for found in entries(range(9000), lat=3.0)])
    assert len(asyncio.run(ids(to))) == 9000


@pytest.mark.parametrize("before", [True, False], ids=["changed", "made"])
def test_a_disk_without_room_loses_nothing(to: str, before: bool) -> None:
    """An import that cannot be written to the end says so, and what was there stays."""
    if before:
        with writing(parse(to)) as writer:
            writer.put([found.entry for found in entries(range(10))])

    def small_disk() -> None:
        # Files that may not grow fail as a full disk does.
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

    result = subprocess.run(
        [sys.executable, "-c", WRITE_MANY, to, "go"],
        capture_output=True,
        text=True,
        preexec_fn=small_disk,
        check=False,
    )

    assert result.returncode != 0
    assert "CannotStart" in result.stderr.splitlines()[-1]
    assert "could not be written" in result.stderr.splitlines()[-1]
    if before:
        assert asyncio.run(ids(to)) == {str(n) for n in range(10)}
    else:
        with pytest.raises(CannotStart, match="is missing"):
            open_geo(to)


_TEXT = st.text(max_size=8) | st.sampled_from(["1", "-7.5", "91", "120EUR", "nan", "1e5", "\x00"])
_VALUES = st.none() | st.booleans() | st.integers() | st.floats() | _TEXT
_OBJECTS = st.dictionaries(
    st.sampled_from(["id", "name", "lat", "lon", "price", "rating", "locale", "image"]) | _TEXT,
    _VALUES | st.dictionaries(_TEXT, _VALUES, max_size=2) | st.lists(_VALUES, max_size=2),
)
_CSV = st.lists(st.lists(_TEXT, max_size=7), max_size=5).map(
    lambda rows: HEADER + "\n".join(",".join(row) for row in rows)
)


@given(
    content=st.binary(max_size=200)
    | _CSV.map(lambda text: text.encode(errors="surrogatepass"))
    | st.lists(_OBJECTS, max_size=4).map(lambda rows: json.dumps(rows).encode())
    | st.lists(_OBJECTS, max_size=4).map(lambda rows: "\n".join(map(json.dumps, rows)).encode()),
    name=st.sampled_from(["h.csv", "h.json", "h.jsonl", "h.geojson", "h"]),
)
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_file_ends_in_a_report(
    bring: Import, tmp_path: Path, content: bytes, name: str
) -> None:
    """However broken, a file is imported with every row counted, or refused with a reason."""
    (tmp_path / "hotels.db").unlink(missing_ok=True)

    with suppress(CannotStart):
        outcome, _ = bring(content, name)
        assert outcome.changes.changed == outcome.changes.same == 0
        return

    assert not (tmp_path / "hotels.db").exists()


_ROW = {"id": "2", "name": "Zum Löwen", "lat": 48.5, "lon": 11.5, "price": "1.234,50 €"}
_GEOJSON = {
    "type": "FeatureCollection",
    "features": [
        {
            "type": "Feature",
            "properties": {"id": str(n), "name": 'A, "B"', "price": "90 EUR"},
            "geometry": {"type": "Point", "coordinates": [n, n]},
        }
        for n in range(3)
    ],
}
_GOOD = [
    ("h.csv", 'id;name;lat;lon;price\n1;"A\n""B""";48,5;11,5;"1.234,50 €"\n2;C;1;2;90 EUR\n'),
    ("h.json", json.dumps([_ROW, {**_ROW, "id": "3"}])),
    ("h.jsonl", json.dumps(_ROW) + "\n" + json.dumps({**_ROW, "id": "3"}) + "\n"),
    ("h.geojson", json.dumps(_GEOJSON)),
    ("geo.json", '{"hotels": [{"hotel_id": "1", "lat": 1.5, "lon": 2}]}'),
]


@given(
    good=st.sampled_from(_GOOD),
    spoils=st.lists(
        st.tuples(st.integers(0, 600), st.integers(0, 3), st.binary(max_size=3)), max_size=6
    ),
)
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_spoiled_file_never_spoils_a_store(
    bring: Import, tmp_path: Path, good: tuple[str, str], spoils: list[tuple[int, int, bytes]]
) -> None:
    """Bytes of a good file are lost or replaced: what is in the store afterwards is whole."""
    name, text = good
    content = text.encode()
    for start, length, instead in spoils:
        content = content[:start] + instead + content[start + length :]
    path = tmp_path / "hotels.db"
    if not path.exists():
        bring(HEADER + "kept,Kept Inn,1,1,5EUR\n")

    with suppress(CannotStart):
        bring(content, name)

    # A place alone is allowed: its description may be imported next.
    faults = [str(fault) for fault in database_faults(path)]
    assert [fault for fault in faults if "profile does not describe it" not in fault] == []
    assert "kept" in asyncio.run(ids(f"sqlite:///{path}"))


def test_a_database_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    """An import made by an older innkeeper says so, and changes nothing."""
    path = tmp_path / "hotels.db"
    with writing(parse(f"sqlite:///{path}")) as writer:
        writer.put([found.entry for found in entries([1])])
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version = 1000")
    before = path.read_bytes()

    with (
        pytest.raises(CannotStart, match="version 1000, this innkeeper knows"),
        writing(parse(f"sqlite:///{path}")),
    ):
        pass

    assert path.read_bytes() == before


# The superuser writes where they like, unless that power is taken from them.
_BOUND_BY_PERMISSIONS = ["setpriv", "--bounding-set=-dac_override"] if os.geteuid() == 0 else []


@pytest.mark.parametrize("read_only", ["file", "folder"])
def test_a_read_only_database_is_one_line_and_stays_as_it_was(
    read_only: str, tmp_path: Path
) -> None:
    """An import that may not write says so, keeps what was there, and works when it may again."""
    source, folder = tmp_path / "new.csv", tmp_path / "kept"
    path = folder / "hotels.db"
    source.write_text(f"{HEADER}new,N,1,1,5EUR\n")
    with writing(parse(f"sqlite:///{path}")) as writer:
        writer.put([found.entry for found in entries([1, 2])])
    before = path.read_bytes()
    command = [sys.executable, "-m", "innkeeper", "data", "import", str(source)]
    command += ["--to", f"sqlite:///{path}"]

    protected = [folder, *folder.iterdir()] if read_only == "folder" else [path]
    modes = {file: file.stat().st_mode for file in protected}
    for file, mode in modes.items():
        file.chmod(mode & ~0o222)
    refused = subprocess.run(
        [*_BOUND_BY_PERMISSIONS, *command], capture_output=True, text=True, check=False
    )
    for file, mode in modes.items():
        file.chmod(mode)

    assert refused.returncode == 1
    (line,) = (line for line in refused.stderr.splitlines() if "innkeeper: " in line)
    assert line.startswith(f"innkeeper: {path} ")
    assert re.search("cannot be written: Permission denied|readonly database", line)
    assert refused.stderr.splitlines()[-1] == line
    assert path.read_bytes() == before
    assert not list(folder.glob("*.part"))
    assert asyncio.run(ids(f"sqlite:///{path}")) == {"1", "2"}
    subprocess.run(command, check=True, capture_output=True)
    assert asyncio.run(ids(f"sqlite:///{path}")) == {"1", "2", "new"}
