"""What topology makes of the same services: answers of /hotels a second, in turns.

    python -m bench.topologies [--rounds 2] [--duration 1.5] [--client wrk] [--json FILE]
                               [--only "five processes"] … [--against URL]

Starts one system of each topology on free ports, all at once, and loads them in turns; those that
wait take next to nothing. The ratios are to five processes with one instance each, or to the system
at URL, which is asked for the fixed stay alone (all that the Go original has rates for). Hotels are
answered with their cheapest plan; "every plan" is five processes that are asked for all of them.
"""

# ruff: noqa: T201 - a script whose table is its purpose

import argparse
import json
import sys
from contextlib import ExitStack
from pathlib import Path

from rich.console import Console

from bench.started import started
from innkeeper.bench import wrk
from innkeeper.bench.record import record
from innkeeper.bench.runs import Plan, Side, carry_out
from innkeeper.bench.table import line, show
from innkeeper.bench.target import find
from innkeeper.bench.workload import Asking
from innkeeper.errors import CannotStart

# Without another system, the last is what the others are compared with.
TOPOLOGIES: dict[str, tuple[list[str], dict[str, str], Asking]] = {
    "one process": (["--together"], {}, Asking.VARIED),
    "two processes": (["--together", "--replicas", "2"], {}, Asking.VARIED),
    "two of each": (["--replicas", "2"], {}, Asking.VARIED),
    "plain calls": ([], {"INNKEEPER_BATCHING": "false"}, Asking.VARIED),
    "every plan": ([], {}, Asking.EVERY_PLAN),
    "five processes": ([], {}, Asking.VARIED),
}
WIDTH = 110


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench topologies",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--duration", type=float, default=1.5, help="seconds of a run")
    parser.add_argument("--connections", default="1,8,64,256")
    parser.add_argument("--client", choices=["builtin", "wrk"], default="builtin")
    parser.add_argument("--only", action="append", choices=TOPOLOGIES, metavar="TOPOLOGY")
    parser.add_argument("--against", metavar="URL", nargs=1, default=[])
    parser.add_argument("--json", type=Path, metavar="FILE")
    return parser.parse_args()


def main() -> int:
    arguments = parse()
    if arguments.client == "wrk" and wrk.installed() is None:
        raise CannotStart("wrk is not installed: on Debian `apt install wrk`; or --client builtin")
    chosen = {
        name: TOPOLOGIES[name] for name in TOPOLOGIES if name in (arguments.only or TOPOLOGIES)
    }
    with ExitStack() as systems:
        print(f"starting {', '.join(chosen)} …", file=sys.stderr)
        # Looked up first: a system that is not there is better said before three are started.
        others = [Side("against", find(url), Asking.FIXED) for url in arguments.against]
        plan = Plan(
            sides=[
                *(
                    Side(
                        name,
                        find(systems.enter_context(started(*options, environ=environ))),
                        asking,
                    )
                    for name, (options, environ, asking) in chosen.items()
                ),
                *others,
            ],
            connections=[int(count) for count in arguments.connections.split(",")],
            duration=arguments.duration,
            rounds=arguments.rounds,
            warm_up=0.5,
            use_wrk=arguments.client == "wrk",
        )
        session = carry_out(plan, lambda run: print(line(run), file=sys.stderr))
    if not session.runs:
        return 130
    console = Console()
    if not console.is_terminal:
        console.width = WIDTH
    show(session, console)
    if arguments.json:
        arguments.json.write_text(json.dumps(record(session), indent=1) + "\n")
    return 130 if session.interrupted else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CannotStart as error:
        print(f"bench: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)
