"""The command `innkeeper bench`."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from innkeeper.errors import CannotStart
from innkeeper.parameters import Duration

if TYPE_CHECKING:
    from innkeeper.bench.runs import Plan, Session

MOST_CONNECTIONS = 20_000
WIDE = 110
"""Columns of tables that go to a file or a pipe."""
INTERRUPTED = 130
FAILED = 1


class Counts(click.ParamType[tuple[int, ...]]):
    """`1,8,64`: different numbers of connections."""

    name = "N,…"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[int, ...]:
        parts = [part.strip() for part in str(value).split(",")]
        for part in parts:
            if not (part.isdecimal() and 1 <= int(part) <= MOST_CONNECTIONS):
                self.fail(f"{part!r} is not a number from 1 to {MOST_CONNECTIONS}", param, ctx)
        if len(set(map(int, parts))) < len(parts):
            self.fail(f"{value!r} names a number twice", param, ctx)
        return tuple(map(int, parts))


@click.command()
@click.argument("url", default="http://localhost:5000")
@click.option(
    "--against",
    metavar="URL",
    help="A second system, measured in turns with the first; prints how they compare.",
)
@click.option(
    "--connections",
    type=Counts(),
    default="1,8,64,256",
    show_default=True,
    help="Numbers of keep-alive connections to ask over, one after another.",
)
@click.option(
    "--duration", type=Duration(), default="5s", show_default=True, help="How long a run takes."
)
@click.option(
    "--rounds",
    type=click.IntRange(1, 1000),
    default=3,
    show_default=True,
    metavar="N",
    help="Runs for each number of connections and each system.",
)
@click.option(
    "--warm-up",
    type=Duration(),
    default="1s",
    show_default=True,
    help="Load before the first round that counts nothing.",
)
@click.option(
    "--timeout",
    type=Duration(),
    default="5s",
    show_default=True,
    help="How long an answer is waited for.",
)
@click.option(
    "--client",
    type=click.Choice(["auto", "wrk", "builtin"]),
    default="auto",
    show_default=True,
    help="Load generator: auto takes wrk where it is installed. Only builtin has measured"
    " percentiles and the strict check.",
)
@click.option(
    "--vary/--fixed",
    "vary",
    default=True,
    show_default=True,
    help="Another stay and place with each question, or always 2015-04-09 to 2015-04-10.",
)
@click.option(
    "--against-vary/--against-fixed",
    "against_vary",
    default=None,
    help="The same for the second system. The Go original has rates for the fixed stay alone:"
    " for any other it finds no hotels, which counts as failed.",
)
@click.option(
    "--check",
    type=click.Choice(["geojson", "strict"]),
    default="geojson",
    show_default=True,
    help="How answers of the first system are looked at: hotels near the place, or also nearest"
    " first, with the right distances and nights. The second's are looked at with geojson.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the varied questions.")
@click.option("--json", "json_file", metavar="FILE", help="Also write all figures here; - prints.")
@click.option("--remote", is_flag=True, help="Allow systems that are not on this machine.")
def bench(
    url: str,
    against: str | None,
    connections: tuple[int, ...],
    duration: float,
    rounds: int,
    warm_up: float,
    timeout: float,
    client: str,
    vary: bool,
    against_vary: bool | None,
    check: str,
    seed: int,
    json_file: str | None,
    remote: bool,
) -> int:
    """Load a hotel search at URL and measure it. Wrong and empty answers count as failed; the exit
    status is 0 when there were none.

    \b
    Examples:
      innkeeper bench
      innkeeper bench --connections 64 --client builtin --check strict
      innkeeper bench --against http://localhost:5001 --against-fixed --json figures.json
    """
    from innkeeper.bench.check import Check
    from innkeeper.bench.runs import Plan, Side
    from innkeeper.bench.target import find
    from innkeeper.bench.workload import Asking

    _may_write(json_file)
    wanted = Check(check)
    sides = [Side(_short(url), find(url, remote=remote), _asking(vary, Asking), wanted)]
    if against is not None:
        second = vary if against_vary is None else against_vary
        name = _short(against) if _short(against) != _short(url) else f"{_short(against)} (second)"
        sides.append(Side(name, find(against, remote=remote), _asking(second, Asking)))
    elif against_vary is not None:
        raise CannotStart("--against-vary and --against-fixed go with --against URL")
    plan = Plan(
        sides=sides,
        connections=connections,
        duration=duration,
        rounds=rounds,
        timeout=timeout,
        warm_up=warm_up,
        use_wrk=_takes_wrk(client, wanted is Check.STRICT, duration),
        seed=seed,
    )
    return _report(plan, json_file)


def _report(plan: "Plan", json_file: str | None) -> int:
    """Carry the plan out; 0 when every answer was right."""
    from rich.console import Console

    from innkeeper.bench.record import record
    from innkeeper.bench.runs import carry_out
    from innkeeper.bench.table import line, show

    session = carry_out(plan, lambda run: click.echo(line(run), err=True))
    if session.runs:
        # With the figures on standard output, the tables are for the eyes beside it.
        console = Console(stderr=json_file == "-")
        if not console.is_terminal:
            console.width = WIDE
        show(session, console)
        if json_file is not None:
            _write(json.dumps(record(session), indent=1) + "\n", json_file)
    return _status(session)


def _status(session: "Session") -> int:
    if session.interrupted:
        return INTERRUPTED
    return FAILED if any(run.outcome.failed for run in session.runs) else 0


def _takes_wrk(client: str, strict: bool, duration: float) -> bool:
    from innkeeper.bench import wrk

    if client == "builtin":
        return False
    # wrk does not say which question an answer belongs to, and counts in whole seconds.
    if client == "auto":
        return not strict and duration >= 1 and wrk.installed() is not None
    if strict:
        raise CannotStart("wrk cannot make the strict check: use --client builtin")
    if wrk.installed() is None:
        raise CannotStart("wrk is not installed: on Debian `apt install wrk`; or --client builtin")
    return True


def _asking(vary: bool, kinds: Any) -> Any:
    return kinds.VARIED if vary else kinds.FIXED


def _short(url: str) -> str:
    return url.removeprefix("http://").removeprefix("https://").rstrip("/")


def _may_write(json_file: str | None) -> None:
    """See before the long work that its end can be written."""
    if json_file is None or json_file == "-":
        return
    path = Path(json_file)
    try:
        path.open("a").close()
    except OSError as error:
        raise CannotStart(f"{path} cannot be written ({error.strerror})") from None


def _write(text: str, json_file: str) -> None:
    if json_file == "-":
        click.echo(text, nl=False)
    else:
        Path(json_file).write_text(text)
