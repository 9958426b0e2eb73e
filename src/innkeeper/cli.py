"""The commands. What they need is imported when they run, so that `--help` is quick."""

import contextlib
import json
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import click

from innkeeper.bench.command import bench
from innkeeper.chaos.command import chaos
from innkeeper.errors import CannotStart
from innkeeper.hotels.catalogue.command import data as data_commands
from innkeeper.launcher.control.commands import COMMANDS as CONTROL_COMMANDS
from innkeeper.settings import prepare_grpc_core

if TYPE_CHECKING:
    from innkeeper.launcher.output import Output

INTERRUPTED = 130
# Tells the launcher that starting again would not help.
CANNOT_START_UNDER_CONTROL = 2

_BIND = click.option(
    "--bind",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDR",
    help="IP address to listen on, or localhost; 0.0.0.0 for all.",
)
_ADVERTISE = click.option(
    "--advertise",
    metavar="ADDR",
    help="IP address that the registry tells others, when not the one of --bind.",
)
_DATA = click.option(
    "--data",
    metavar="PATH",
    help="Folder of the flat files, or a database as sqlite:///FILE or postgresql://USER@HOST/NAME;"
    " INNKEEPER_DATA does the same.",
)


class Counts(click.ParamType[dict[str, int]]):
    """`search=3,geo=2`; a number alone counts under the name ""."""

    name = "ROLE=N,…"

    def convert(self, value: Any, param: Any, ctx: Any) -> dict[str, int]:
        counts = {}
        for part in str(value).split(","):
            role, _, count = part.strip().rpartition("=")
            if not count.isdecimal():
                self.fail(f"{part!r} is not like search=3 or 3", param, ctx)
            if role in counts:
                self.fail(f"{role or 'the number for every service'} is there twice", param, ctx)
            counts[role] = int(count)
        return counts


class NamedNumber(click.ParamType[tuple[str, int]]):
    """`geo=8081`; a number alone has the name ""."""

    name = "NAME=N"

    def __init__(self, most: int) -> None:
        self._most = most

    def convert(self, value: Any, param: Any, ctx: Any) -> tuple[str, int]:
        name, _, number = str(value).strip().rpartition("=")
        if not number.isdecimal() or int(number) > self._most:
            self.fail(f"{value!r}: the number must be from 0 to {self._most}", param, ctx)
        return name, int(number)


_PORT = NamedNumber(65_535)
_FD = NamedNumber(2**31 - 1)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="innkeeper", message="innkeeper %(version)s")
def innkeeper() -> None:
    """A hotel search made of small gRPC services behind one HTTP/JSON frontend.

    \b
    Example:
      innkeeper up                 start everything, then open http://localhost:5000/
    """


@innkeeper.command()
@click.option("--together", is_flag=True, help="Run the services in one process.")
@click.option(
    "--replicas",
    type=Counts(),
    help="Instances to start: search=3,geo=2, or a number for every service.",
)
@click.option(
    "--without",
    multiple=True,
    metavar="ROLE",
    help="Leave a role to somebody else, such as `serve` in your debugger.",
)
@click.option(
    "--port",
    "ports",
    type=_PORT,
    multiple=True,
    metavar="ROLE=PORT",
    help="Port of a role's first instance; otlp-grpc and otlp-http name the collector's.",
)
@click.option("--free-ports", is_flag=True, help="Take free ports instead of the usual ones.")
@click.option("--reload", is_flag=True, help="Restart the services whose code changes.")
@click.option("--name", metavar="NAME", help="What `innkeeper ps` and the like call this system.")
@_DATA
@_BIND
@_ADVERTISE
def up(
    together: bool,
    replicas: Mapping[str, int] | None,
    without: tuple[str, ...],
    ports: tuple[tuple[str, int], ...],
    free_ports: bool,
    reload: bool,
    name: str | None,
    data: str | None,
    bind: str,
    advertise: str | None,
) -> int:
    """Start the whole system and look after it until Ctrl-C.

    \b
    Examples:
      innkeeper up --replicas search=3,geo=2
      innkeeper up --without geo     and, in your debugger: innkeeper serve geo
      innkeeper up --port frontend=5001
    """
    try:
        import asyncio

        from innkeeper.launcher.topology import Options
        from innkeeper.launcher.up import Up
        from innkeeper.settings import Settings
        from innkeeper.wiring import ROLES

        options = Options(
            together=together,
            replicas=replicas or {},
            without=frozenset(role for roles in without for role in roles.split(",")),
            ports=_named(ports, "--port", "ROLE=PORT"),
            free_ports=free_ports,
            reload=reload,
            data=data,
            bind=bind,
            advertise=advertise,
            name=name,
        )
        system = Up(options, ROLES, Settings.from_environ())
        with contextlib.closing(_output()) as output:
            return asyncio.run(system.run(output))
    except KeyboardInterrupt:
        # Before there is anything to stop, or after: in between, the run itself hears signals.
        return 0


@innkeeper.command(short_help="Host roles in this process, such as geo and search.")
@click.argument("roles", nargs=-1, required=True, metavar="ROLE…")
@click.option(
    "--instance",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    metavar="N",
    help="Number of the instance; geo and 2 make geo-2.",
)
@click.option(
    "--port",
    "ports",
    type=_PORT,
    multiple=True,
    metavar="[ROLE=]PORT",
    help="Port to listen on, 0 for any free one. The usual ports are for instance 1.",
)
@_BIND
@_ADVERTISE
@_DATA
@click.option("--control-fd", type=click.IntRange(0), hidden=True)
@click.option("--listen-fd", "listen_fds", type=_FD, multiple=True, hidden=True)
@click.option("--managed", is_flag=True, hidden=True)
def serve(
    roles: tuple[str, ...],
    instance: int,
    ports: tuple[tuple[str, int], ...],
    bind: str,
    advertise: str | None,
    data: str | None,
    control_fd: int | None,
    listen_fds: tuple[tuple[str, int], ...],
    managed: bool,
) -> int:
    """Host roles in this process: geo, rate, profile, search, frontend, registry, traces.

    \b
    Examples:
      innkeeper serve geo
      innkeeper serve geo --instance 2 --port 9081
      innkeeper serve search geo rate --port search=9084
    """
    from innkeeper.launcher import addresses
    from innkeeper.launcher.roles import host, ports_of
    from innkeeper.settings import Settings

    try:
        from innkeeper import wiring
        from innkeeper.host.options import ServeOptions

        addresses.check("--bind", bind)
        addresses.check("--advertise", advertise)
        hosted = host(wiring.ROLES, roles)
        if len(ports) == 1 and not ports[0][0] and len(hosted) == 1:
            ports = ((hosted[0].name, ports[0][1]),)
        settings = Settings.from_environ()
        options = ServeOptions(
            roles=tuple(role.name for role in hosted),
            instance=instance,
            ports=ports_of(hosted, instance, _named(ports, "--port", "ROLE=PORT")),
            bind=bind,
            advertise=advertise,
            control_fd=control_fd,
            listen_fds=_named(listen_fds, "--listen-fd", "ROLE=FD"),
            managed=managed,
        )
        if data is not None:
            settings = replace(settings, data=data, data_by_service={})
        wiring.serve(options, settings)
    except CannotStart as error:
        if control_fd is None:
            raise
        _tell_launcher(control_fd, str(error))
        return CANNOT_START_UNDER_CONTROL
    return 0


for command in (bench, chaos, data_commands, *CONTROL_COMMANDS):
    innkeeper.add_command(command)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command that the arguments name, those of the process when None. Returns the exit
    status."""
    prepare_grpc_core()
    try:
        status = innkeeper.main(arguments, prog_name="innkeeper", standalone_mode=False)
    except CannotStart as error:
        _complain(str(error))
        return 1
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return error.exit_code
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        hint = f" (see {context.command_path} --help)" if context else ""
        _complain(error.format_message() + hint)
        return error.exit_code
    except click.Abort:
        return INTERRUPTED
    return status if isinstance(status, int) else 0


def _complain(text: str) -> None:
    click.echo(f"innkeeper: {' '.join(text.split())}", err=True)


def _tell_launcher(control_fd: int, reason: str) -> None:
    message = json.dumps({"event": "failed", "reason": reason}) + "\n"
    # A launcher that is gone needs no reason.
    with contextlib.suppress(OSError):
        os.write(control_fd, message.encode())


def _named(pairs: Iterable[tuple[str, int]], option: str, form: str) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for name, number in pairs:
        if not name:
            raise CannotStart(f"{option} {number}: say what it is for, {option} {form}")
        if name in numbers:
            raise CannotStart(f"{option} {name}={number}: {name} has {numbers[name]} already")
        numbers[name] = number
    return numbers


def _output() -> "Output":
    """Tells what happens in the form that suits whoever reads the standard output."""
    fd = sys.stdout.fileno()
    if sys.stdout.isatty():
        from innkeeper.launcher.console import Terminal

        return Terminal(fd)
    from innkeeper.launcher.output import JsonLines

    return JsonLines(fd)
