import json
import shutil
from pathlib import Path

import pytest

from innkeeper.errors import CannotStart
from innkeeper.hotels.catalogue.validate import lines, validate

DATA = Path("data")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The project's flat files, to be spoilt."""
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def change(path: Path, hotels: list[object]) -> None:
    path.write_text(json.dumps({"hotels": hotels}, indent=1))


def hotels(path: Path) -> list[dict[str, object]]:
    return json.loads(path.read_text())["hotels"]


def test_good_files_have_no_faults() -> None:
    """The project's own data is good, and the report counts it."""
    report = validate(DATA)

    assert report.faults == []
    assert report.notes == []
    assert set(report.hotels.values()) == {16}


def test_one_file_is_checked_alone() -> None:
    """A file is checked without the others when it is named."""
    assert validate(DATA / "rate.json").hotels == {DATA / "rate.json": 16}


def test_faults_are_told_with_file_line_record_and_reason(folder: Path) -> None:
    """Every fault of every file is there, in the order of files and lines."""
    place, rate, profile = (hotels(folder / f"{name}.json") for name in ("geo", "rate", "profile"))
    place[1]["lat"], place[1]["lon"] = 91, "west"
    rate[2]["plans"][0]["currency"] = "XXX"
    profile[3]["hotel_id"] = "1"
    change(folder / "geo.json", place)
    change(folder / "rate.json", rate)
    change(folder / "profile.json", profile)

    report = validate(folder)

    where = [(path.name, fault.index, fault.hotel_id) for path, fault in report.faults]
    assert where == [
        ("geo.json", 1, "2"),
        ("geo.json", 1, "2"),
        ("geo.json", 3, "4"),
        ("rate.json", 2, "3"),
        ("profile.json", 3, "1"),
    ]
    first, *_, last = lines(report, 100)
    assert first == (
        f"{folder}/geo.json:8: hotels[1], id '2': Expected `float` <= 90.0 - at `$.lat`"
    )
    assert last.endswith("id '1': hotels[0] has the same id")


def test_an_id_that_not_every_store_can_keep_is_a_fault(folder: Path) -> None:
    """A NUL in an id is told with the record that has it."""
    for name in ("geo", "rate", "profile"):
        records = hotels(folder / f"{name}.json")
        records[4]["hotel_id"] = "5\0"
        change(folder / f"{name}.json", records)

    report = validate(folder)

    assert [(path.stem, fault.index, fault.hotel_id) for path, fault in report.faults] == [
        (name, 4, "5\0") for name in ("geo", "rate", "profile")
    ]
    assert all("u0000" in fault.reason for _, fault in report.faults)


def test_a_hotel_that_geo_does_not_know_is_a_fault(folder: Path) -> None:
    """Rates and descriptions of hotels without a place are told, each in its own file."""
    change(folder / "geo.json", hotels(folder / "geo.json")[:15])

    report = validate(folder)

    assert [(path.name, fault.index, fault.hotel_id) for path, fault in report.faults] == [
        ("rate.json", 15, "16"),
        ("profile.json", 15, "16"),
    ]
    assert {fault.reason for _, fault in report.faults} == {"geo.json does not know where it is"}


def test_a_hotel_without_rates_is_a_note(folder: Path) -> None:
    """It may be so, but nobody can book it."""
    change(folder / "rate.json", hotels(folder / "rate.json")[:10])

    report = validate(folder)

    assert report.faults == []
    assert report.notes == ["6 hotels have no rates and cannot be booked"]


def test_files_that_cannot_be_read_are_faults(folder: Path) -> None:
    """A missing file and a broken one are told beside the faults of the third."""
    (folder / "geo.json").unlink()
    (folder / "rate.json").write_text('{"hotels": [\n')
    change(folder / "profile.json", [{}])

    report = validate(folder)

    assert {path.name for path, _ in report.faults} == {"geo.json", "rate.json", "profile.json"}
    assert len(report.faults) == 8
    first, *_ = lines(report, 1)
    assert first == f"{folder}/geo.json: is missing"


def test_a_long_report_ends_in_counts(folder: Path) -> None:
    """The first faults are told one by one, then counts for each file."""
    change(folder / "geo.json", [{"hotel_id": str(n), "lat": 0} for n in range(200)])

    report = validate(folder)

    shown = lines(report, 100)
    assert len(shown) == 102
    assert shown[-2:] == ["and 100 more", f"{folder}/geo.json: 200 faults"]


def test_more_hotels_than_a_flat_file_may_hold_are_a_fault(folder: Path) -> None:
    """A file that services would refuse is not called good."""
    many = [{"hotel_id": str(n), "lat": 0, "lon": 0} for n in range(10_001)]
    change(folder / "geo.json", many)

    report = validate(folder / "geo.json")

    assert ["10,001 hotels are more than" in fault.reason for _, fault in report.faults] == [True]


def test_other_files_are_told_how_they_are_checked(folder: Path) -> None:
    """A file that is none of the three is not guessed at."""
    with pytest.raises(CannotStart, match="checked while they are imported"):
        validate(folder / "hotels.csv")


def test_exchange_rates_are_checked_where_there_are_any(folder: Path) -> None:
    """A fault in them is told beside those of hotels; a folder may do without."""
    (folder / "currencies.json").write_text('{"date": "2015-04-09", "base": "XXX", "rates": {}}')

    ((path, fault),) = validate(folder).faults

    assert path.name == "currencies.json"
    assert "'XXX' is not a currency code" in fault.reason
    (folder / "currencies.json").unlink()
    assert validate(folder).faults == []
