"""The commands that speak to a running `innkeeper up`."""

import asyncio
import contextlib
import json
import re
import signal as signals
from typing import TYPE_CHECKING, Any

import click

from innkeeper.parameters import Duration

if TYPE_CHECKING:
    from innkeeper.launcher.control.client import System

up_option = click.option(
    "--up",
    "up",
    metavar="NAME|PID",
    help="Which `innkeeper up` is meant, when there are several.",
)
_FOR = "--for"


class Signal(click.ParamType[int]):
    """`KILL`, `SIGTERM` or `15`."""

    name = "SIGNAL"

    def convert(self, value: Any, param: Any, ctx: Any) -> int:
        text = str(value).upper()
        try:
            number = (
                signals.Signals(int(text))
                if text.isdecimal()
                else signals.Signals[f"SIG{text.removeprefix('SIG')}"]
            )
        except (KeyError, ValueError):
            self.fail(f"{value!r} is no signal like KILL, TERM or 15", param, ctx)
        if number is signals.SIGSTOP:
            self.fail("to stop a process where it is, use `innkeeper hang`", param, ctx)
        return number.value


class Share(click.ParamType[float]):
    """`5%` or `0.05`."""

    name = "SHARE"

    def convert(self, value: Any, param: Any, ctx: Any) -> float:
        found = re.fullmatch(r"(\d+(?:\.\d+)?|\.\d+)(%?)", str(value).strip())
        share = float(found[1]) / (100 if found[2] else 1) if found else 2.0
        if share > 1:
            self.fail(f"{value!r} is not a share like 5% or 0.05, up to 100%", param, ctx)
        return share


class Number(click.ParamType[tuple[str, int]]):
    """`geo=3`."""

    name = "ROLE=N"

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, int]:
        role, _, count = str(value).strip().rpartition("=")
        if not role or not count.isdecimal():
            self.fail(f"{value!r} is not like geo=3", param, ctx)
        return role, int(count)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for programs.")
@up_option
def ps(as_json: bool, up: str | None) -> None:
    """Show the processes of the running system.

    \b
    Example:
      innkeeper ps
    """
    processes = asyncio.run(_system(up).all("ps"))
    if as_json:
        click.echo(json.dumps(processes, indent=1))
        return
    from rich.console import Console

    from innkeeper.launcher.control.table import table

    console = Console()
    if not console.is_terminal:
        console.width = 120
    console.print(table(processes))


@click.command()
@click.argument("instance")
@click.option(
    "--signal",
    "number",
    type=Signal(),
    default="KILL",
    show_default=True,
    help="What to send instead.",
)
@click.option(
    _FOR, "away", type=Duration(), help="Keep it away for so long; else it comes back at once."
)
@up_option
def kill(instance: str, number: int, away: float | None, up: str | None) -> None:
    """Kill a process, named as `innkeeper ps` shows it. `innkeeper up` starts it again.

    \b
    Examples:
      innkeeper kill geo-1
      innkeeper kill registry-1 --for 30s
    """
    _carry_out(up, "kill", instance=instance, signal=number, **{"for": away})


@click.command(short_help="Stop a process where it is, as if it hung.")
@click.argument("instance")
@click.option(_FOR, "seconds", type=Duration(), help="Then it goes on; else with `resume`.")
@up_option
def hang(instance: str, seconds: float | None, up: str | None) -> None:
    """Stop a process where it is, as if it hung: it is there and answers nobody.

    \b
    Example:
      innkeeper hang geo-2 --for 10s
    """
    _carry_out(up, "hang", instance=instance, **{"for": seconds})


@click.command()
@click.argument("instance")
@up_option
def resume(instance: str, up: str | None) -> None:
    """Let a process that hangs go on.

    \b
    Example:
      innkeeper resume geo-2
    """
    _carry_out(up, "resume", instance=instance)


@click.command(short_help="Replace processes in good order, one after another.")
@click.argument("targets", nargs=-1, required=True, metavar="INSTANCE|ROLE…")
@up_option
def restart(targets: tuple[str, ...], up: str | None) -> None:
    """Replace processes in good order, one after another, each once the one before serves again.

    \b
    Examples:
      innkeeper restart geo-1
      innkeeper restart geo rate profile search frontend
    """
    _carry_out(up, "restart", targets=targets)


@click.command()
@click.argument("number", type=Number())
@up_option
def scale(number: tuple[str, int], up: str | None) -> None:
    """Have so many instances of a role. Those that go finish what they have.

    \b
    Examples:
      innkeeper scale geo=3
      innkeeper scale together=2     where `innkeeper up --together` runs
    """
    name, wanted = number
    _carry_out(up, "scale", name=name, wanted=wanted)


@click.command()
@click.argument("role")
@click.option("--latency", type=Duration(), help="Added to every call.")
@click.option("--errors", type=Share(), help="Share of the calls that fail with UNAVAILABLE.")
@click.option("--seed", type=int, default=0, show_default=True, help="Decides which calls fail.")
@click.option(_FOR, "seconds", type=Duration(), help="Then all is well again.")
@click.option("--clear", is_flag=True, help="Let all be well again now.")
@up_option
def fault(
    role: str,
    latency: float | None,
    errors: float | None,
    seed: int,
    seconds: float | None,
    clear: bool,
    up: str | None,
) -> None:
    """Slow down or fail the calls of a role, in each of its instances. One that starts later has
    no fault.

    \b
    Examples:
      innkeeper fault geo --latency 200ms --errors 5% --seed 7
      innkeeper fault geo --clear
    """
    if clear and (latency or errors or seconds):
        raise click.UsageError("--clear goes with nothing else")
    if not clear and not latency and not errors:
        raise click.UsageError("say --latency TIME or --errors SHARE, or --clear")
    _carry_out(
        up, "fault", role=role, latency=latency, errors=errors, seed=seed, **{"for": seconds}
    )


COMMANDS = (ps, kill, hang, resume, restart, scale, fault)


def _system(up: str | None) -> "System":
    from innkeeper.launcher.control.client import find
    from innkeeper.settings import Settings

    return find(Settings.from_environ().runtime_dir, up)


def _carry_out(up: str | None, command: str, **arguments: object) -> None:
    asyncio.run(_tell(_system(up), command, arguments))


async def _tell(system: "System", command: str, arguments: dict[str, object]) -> None:
    """Print what is done as it is done."""
    from innkeeper.launcher.control.table import line

    async with contextlib.aclosing(system.ask(command, **arguments)) as facts:
        async for fact in facts:
            click.echo(line(fact))
