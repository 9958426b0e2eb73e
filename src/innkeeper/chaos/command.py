"""The command `innkeeper chaos`."""

import asyncio
import json

import click

from innkeeper.errors import CannotStart
from innkeeper.launcher.control.commands import up_option

FAILED = 1


@click.command(short_help="Play a scenario of failures while measuring what callers see.")
@click.argument("scenario")
@click.option("--seed", type=int, default=1, show_default=True, help="Of what is left to chance.")
@click.option(
    "--connections",
    type=click.IntRange(1, 10_000),
    default=64,
    show_default=True,
    metavar="N",
    help="Keep-alive connections that ask meanwhile.",
)
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON, for programs.")
@up_option
def chaos(scenario: str, seed: int, connections: int, as_json: bool, up: str | None) -> int:
    """Play a scenario of failures on the running system while asking it for hotels, and show what
    was done beside what callers saw. The exit status is 0 when all answers were right.

    SCENARIO is a name, or a .toml or .json file. An unknown name lists the known ones.

    \b
    Examples:
      innkeeper up --replicas 2      and, in another terminal:
      innkeeper chaos killed-instances
      innkeeper chaos bad-day --seed 7 --json
    """
    import uvloop

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_chaos(scenario, seed, connections, as_json, up))


async def _chaos(name: str, seed: int, connections: int, as_json: bool, up: str | None) -> int:
    from innkeeper.bench import target
    from innkeeper.chaos import scenario, verdict
    from innkeeper.chaos.play import play
    from innkeeper.chaos.record import record
    from innkeeper.chaos.table import show
    from innkeeper.launcher.control.client import find
    from innkeeper.settings import Settings

    chosen = scenario.find(name)
    system = find(Settings.from_environ().runtime_dir, up)
    url = (await system.about()).get("url")
    if not url:
        raise CannotStart("this `innkeeper up` runs no frontend that could be asked")
    loaded = target.find(str(url))
    click.echo(chosen.about, err=True)
    played = await play(name, chosen, system, loaded, seed=seed, connections=connections)
    if as_json:
        click.echo(json.dumps(record(played), indent=1))
    else:
        show(played)
    if played.error is not None:
        raise CannotStart(f"{name} could not be played to its end: {played.error}")
    return FAILED if verdict.failed(played) else 0
