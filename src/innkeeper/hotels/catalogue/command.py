"""The commands `innkeeper data …`."""

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, TypeVar

import click

from innkeeper.errors import CannotStart

if TYPE_CHECKING:
    from innkeeper.hotels.catalogue.entry import Entry
    from innkeeper.hotels.catalogue.load import Outcome
    from innkeeper.hotels.catalogue.rejects import Rejects
    from innkeeper.hotels.catalogue.source import Source
    from innkeeper.hotels.rate.plan import RatePlan

FAULTS_SHOWN = 100
FAULTY = NOTHING_IMPORTED = 1

_SHOWN_EVERY = 500
_TO = click.option(
    "--to",
    required=True,
    metavar="STORE",
    help="A folder of flat files, a database file as sqlite:///FILE, or postgresql://USER@HOST/NAME.",
)
ItemT = TypeVar("ItemT")


@click.group()
def data() -> None:
    """Check, import and make up hotels.

    \b
    Examples:
      innkeeper data validate data
      innkeeper data import hotels.csv --to sqlite:///hotels.db --price 120EUR
      innkeeper data generate --hotels 100000 --to sqlite:///hotels.db
    """


@data.command(short_help="Check flat files, or a database file, for faults.")
@click.argument("path", metavar="PATH")
def validate(path: str) -> int:
    """Check a folder of flat files and how they fit together, one of them, or a database file.

    Every fault is told with file, line, record and reason, the first hundred one by one. The exit
    status is 1 when there are any.

    \b
    Examples:
      innkeeper data validate data
      innkeeper data validate data/rate.json
      innkeeper data validate sqlite:///hotels.db
    """
    from innkeeper.hotels.catalogue.address import parse
    from innkeeper.hotels.catalogue.validate import lines
    from innkeeper.hotels.catalogue.validate import validate as check
    from innkeeper.hotels.postgres.place import Postgres

    place = Path(path)
    if not place.is_file():
        address = parse(path)
        if isinstance(address, Postgres):
            raise CannotStart(f"{address}: files are validated; a database checks what it is given")
        place = address.path
    if not place.exists():
        raise CannotStart(f"{place} does not exist: name a folder, a file in it, or a database")
    report = check(place)
    for line in lines(report, FAULTS_SHOWN):
        click.echo(line)
    for file, count in report.hotels.items():
        click.echo(f"{file}: {count:,} good records", err=True)
    for note in report.notes:
        click.echo(f"note: {note}", err=True)
    return FAULTY if report.faults else 0


@data.command("import", short_help="Import hotels from CSV, JSON, GeoJSON or flat files.")
@click.argument("source", type=click.Path(path_type=Path), metavar="SOURCE")
@_TO
@click.option(
    "--map",
    "told",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="Take a field from a column instead of guessing; @FILE reads a JSON object of them.",
)
@click.option("--price", metavar="120EUR", help="A night's price for hotels without one.")
@click.option("--currency", default="", metavar="EUR", help="Of prices that name none.")
@click.option(
    "--locale", default="en", show_default=True, metavar="TAG", help="Of texts that name none."
)
@click.option("--encoding", metavar="NAME", help="Of CSV, when it is not told right.")
@click.option("--delimiter", metavar="CHAR", help="Of CSV, when it is not told right.")
@click.option(
    "--rejects",
    "rejects_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Where rows that cannot be imported go; SOURCE.rejects.csv when not named.",
)
def import_(
    source: Path,
    to: str,
    told: tuple[str, ...],
    price: str | None,
    currency: str,
    locale: str,
    encoding: str | None,
    delimiter: str | None,
    rejects_file: Path | None,
) -> int:
    """Import hotels from CSV, JSON, JSON Lines or GeoJSON, or from a folder of flat files.

    Hotels that are there already, by id, are changed; the others stay. Readers see all of an import
    or nothing of it. Rows that cannot be imported go to a file of their own with the reasons; where
    no row can, the exit status is 1.

    \b
    Examples:
      innkeeper data import hotels.csv --to sqlite:///hotels.db --price 120EUR
      innkeeper data import hotels.geojson --to my-data --map name=label
      innkeeper data import data --to sqlite:///hotels.db
    """
    from innkeeper.hotels.catalogue.address import parse
    from innkeeper.hotels.catalogue.load import load
    from innkeeper.hotels.catalogue.rejects import Rejects
    from innkeeper.hotels.catalogue.source import Options, open_source

    place = parse(to)
    opened = open_source(
        source,
        Options(
            columns=_columns(told),
            plan=None if price is None else _plan(price, currency),
            currency=_currency(currency),
            locale=_locale(locale),
            encoding=encoding,
            delimiter=delimiter,
        ),
    )
    _tell_columns(opened)
    # The current folder has no name of its own.
    rejects_file = rejects_file or Path(f"{source if source.name else 'hotels'}.rejects.csv")
    if rejects_file.exists() and rejects_file.samefile(source):
        raise CannotStart(f"--rejects {rejects_file} is the source: name another file")
    shown = _progress("importing", opened.items, opened.done)
    with Rejects(rejects_file, opened.rejected) as rejects, shown as items:
        outcome = load(items, place, rejects)
    _tell_outcome(outcome, rejects, str(place))
    return NOTHING_IMPORTED if outcome.rejected and not outcome.taken else 0


@data.command()
@click.option(
    "--hotels",
    "count",
    type=click.IntRange(1, 10_000_000),
    required=True,
    metavar="N",
    help="How many.",
)
@click.option("--seed", type=int, default=1, show_default=True, metavar="S", help="Another world.")
@_TO
def generate(count: int, seed: int, to: str) -> int:
    """Make hotels up around real cities, more where more people live.

    The same number and seed give the same hotels and, from the same SQLite, the same bytes.

    \b
    Examples:
      innkeeper data generate --hotels 1000 --to my-data
      innkeeper data generate --hotels 1000000 --seed 7 --to sqlite:///hotels.db
    """
    from innkeeper.hotels.catalogue.address import Folder, parse
    from innkeeper.hotels.catalogue.load import make_up
    from innkeeper.hotels.catalogue.made_up.hotels import hotels
    from innkeeper.hotels.flatfile import MAX_HOTELS

    place = parse(to)
    if isinstance(place, Folder) and count > MAX_HOTELS:
        raise CannotStart(
            f"flat files hold at most {MAX_HOTELS:,} hotels: use --to sqlite:///hotels.db"
        )
    made = 0

    def counted() -> Iterator["Entry"]:
        nonlocal made
        for entry in hotels(count, seed):
            made += 1
            yield entry

    with _progress("making up", counted(), lambda: made / count) as entries:
        make_up(entries, place)
    click.echo(f"{place}: {_counted(count, 'hotel')} made up from seed {seed}")
    return 0


def _columns(told: Iterable[str]) -> dict[str, str]:
    import msgspec

    columns: dict[str, str] = {}
    for text in told:
        if text.startswith("@"):
            try:
                read = Path(text[1:]).read_bytes()
                columns |= msgspec.json.decode(read, type=dict[str, str])
            except OSError as error:
                raise CannotStart(f"--map {text} cannot be read: {error.strerror}") from None
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise CannotStart(f"--map {text}: {error}") from None
            continue
        field, separator, column = text.partition("=")
        if not separator:
            raise CannotStart(f"--map {text}: write it as FIELD=COLUMN, such as lat=Breite")
        columns[field.strip()] = column.strip()
    return columns


def _plan(text: str, currency: str) -> "RatePlan":
    from innkeeper.hotels.catalogue.numbers import one_plan, price

    try:
        return one_plan(*price(text, currency))
    except ValueError as error:
        raise CannotStart(f"--price {error}") from None


def _currency(code: str) -> str:
    from innkeeper.hotels.money import EXPONENTS

    if code and code.upper() not in EXPONENTS:
        raise CannotStart(f"--currency {code}: give a code of ISO 4217, such as EUR")
    return code.upper()


def _locale(tag: str) -> str:
    from innkeeper.hotels.profile.texts import TAG

    if not re.fullmatch(TAG, tag.replace("_", "-")):
        raise CannotStart(f"--locale {tag}: give a language tag, such as de-AT")
    return tag


def _tell_columns(source: "Source") -> None:
    click.echo(f"read as {source.form}", err=True)
    for field, column in source.columns.items():
        click.echo(f"  {field:<12} from {column!r}", err=True)
    if source.currency and "price" in source.columns:
        click.echo(f"  prices that name no currency are in {source.currency}", err=True)
    if source.unused:
        click.echo(f"  not used: {', '.join(map(repr, source.unused))}", err=True)
    if source.columns and "id" not in source.columns:
        click.echo("  id           made of name and position", err=True)


def _tell_outcome(outcome: "Outcome", rejects: "Rejects", place: str) -> None:
    changes = outcome.changes
    click.echo(
        f"{place}: {_counted(changes.new, 'hotel')} new, {changes.changed:,} changed,"
        f" {changes.same:,} as they were, {_counted(outcome.rejected, 'row')} rejected"
    )
    for reject in rejects.first:
        click.echo(f"  line {reject.line}: {reject.reason}")
    if rejects.count:
        click.echo(f"  all rejected rows, with reasons: {rejects.path}")
    if outcome.unbookable:
        have = "has" if outcome.unbookable == 1 else "have"
        click.echo(
            f"{_counted(outcome.unbookable, 'hotel')} {have} no rates and cannot be booked:"
            " import with --price 120EUR"
        )


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun if count == 1 else noun + 's'}"


@contextmanager
def _progress(
    what: str, items: Iterable[ItemT], done: Callable[[], float]
) -> Iterator[Iterator[ItemT]]:
    """The items, with a line that tells how many went by, how fast, and how long it will take."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[count]:,} hotels, {task.fields[rate]:,.0f}/s, left:"),
        TimeRemainingColumn(),
    )
    console = Console(stderr=True)
    progress = Progress(*columns, console=console, disable=not console.is_terminal)
    task = progress.add_task(what, total=1.0, count=0, rate=0.0)

    def counted() -> Iterator[ItemT]:
        started = monotonic()
        for count, item in enumerate(items, 1):
            yield item
            if count % _SHOWN_EVERY == 0:
                rate = count / (monotonic() - started)
                progress.update(task, completed=done(), count=count, rate=rate)

    try:
        with progress:
            yield counted()
    except KeyboardInterrupt:
        click.echo("stopped: what was there is whole, and the same can be run again", err=True)
        raise
