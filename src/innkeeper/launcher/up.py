"""The whole run of `up`, from its options to its exit status."""

import asyncio
import contextlib
import socket
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from innkeeper.errors import CannotStart
from innkeeper.launcher import addresses, infrastructure, ports
from innkeeper.launcher.control import directory
from innkeeper.launcher.control.operations import Operations
from innkeeper.launcher.control.server import ControlServer
from innkeeper.launcher.infrastructure import Choice
from innkeeper.launcher.news import News
from innkeeper.launcher.output import Output
from innkeeper.launcher.reload import Sources, changes
from innkeeper.launcher.roles import Role
from innkeeper.launcher.signals import Signals
from innkeeper.launcher.spawner import Command, ServeCommand, Spawner
from innkeeper.launcher.summary import main_pages, main_url, summarise
from innkeeper.launcher.supervisor import Supervisor
from innkeeper.launcher.topology import Options, Topology, plan
from innkeeper.settings import DATA_VARIABLES, Settings, child_environ, without_password

KILLED = 130
_PATIENCE = 5.0


class Up:
    """A system to run: everything that can be known before it starts."""

    def __init__(
        self,
        options: Options,
        roles: Sequence[Role],
        settings: Settings,
        command: Command | None = None,
    ) -> None:
        """Lay the system out and see that its ports and data can be had.

        Args:
            options: what was asked for.
            roles: the table of all roles.
            settings: what the environment says.
            command: makes the command line of a process, `innkeeper serve …` when None.

        Raises:
            CannotStart: something stands in the way; the text says what to do.
        """
        addresses.check("--bind", options.bind)
        addresses.check("--advertise", options.advertise)
        self.options = options
        self.roles = roles
        self.chosen = infrastructure.choose(settings)
        self.topology = plan(options, roles, _outside(self.chosen), ports.FreePorts(options.bind))
        ports.check(options.bind, _wanted(self.topology))
        self.data = _data(options.data, settings)
        self.runtime_dir = settings.runtime_dir
        self.environ = infrastructure.environ(
            settings, self.topology.ports, options.bind, options.advertise
        )
        if not settings.pages:
            host = options.advertise or addresses.clickable(options.bind)
            pages = main_pages(roles, self.topology, self.chosen, host)
            self.environ["INNKEEPER_PAGES"] = ",".join(
                f"{title}={url.replace(',', '%2C')}" for title, url in pages.items()
            )
        if not settings.registry_file and _is_passing_by(options):
            self.environ["INNKEEPER_REGISTRY_FILE"] = "none"
        if options.data is not None:
            self.environ["INNKEEPER_DATA"] = _absolute(options.data)
            # The option goes before every variable.
            self.environ |= dict.fromkeys(DATA_VARIABLES.values(), "")
        self.command = command or ServeCommand(
            bind=options.bind,
            advertise=options.advertise,
            managed=self.chosen[infrastructure.REGISTRY].embedded,
        )

    async def run(self, output: Output) -> int:
        """Run the system until a signal ends it. Returns the exit status: 0 after an orderly
        stop, `KILLED` when a second signal cut it short.

        Raises:
            CannotStart: a process said at its first start that it cannot; the text is its reason.
        """
        status = 0
        with contextlib.ExitStack() as stack:
            sockets = stack.enter_context(_listening(self.options.bind, self.topology))
            control = stack.enter_context(directory.listening(self.runtime_dir, self.options.name))
            spawn = Spawner(self.command, child_environ(self.environ), sockets, output.line)
            news = News(output.process)
            async with (
                Supervisor(spawn, news) as supervisor,
                self._control(control, supervisor, news),
            ):

                def kill() -> None:
                    nonlocal status
                    status = KILLED
                    supervisor.kill()

                work = asyncio.create_task(self._look_after(supervisor, output))
                stack.enter_context(Signals(first=work.cancel, again=kill))
                await asyncio.wait({work})
                output.stopping()
                # New connections must not wait in a queue that nobody will empty.
                for listener in sockets.values():
                    listener.close()
            if not work.cancelled():
                work.result()
        return status

    def _control(
        self, listener: socket.socket, supervisor: Supervisor, news: News
    ) -> ControlServer:
        return ControlServer(
            listener,
            Operations(supervisor, self.roles, self.topology.ports),
            news,
            name=self.options.name or directory.UNNAMED,
            url=main_url(self.roles, self.topology, self.options.bind),
        )

    async def _look_after(self, supervisor: Supervisor, output: Output) -> None:
        """Start everything and tell of it; goes on until cancelled."""
        began = time.monotonic()
        for process in self.topology.processes:
            supervisor.start(process)
        try:
            async with asyncio.TaskGroup() as tasks:
                if self.options.reload:
                    # Before anything is ready: what cannot start for an error in its code is
                    # waiting for the change that mends it.
                    tasks.create_task(self._reload(supervisor, output))
                await _wait_ready(supervisor, output)
                summary = summarise(
                    self.roles,
                    self.topology,
                    supervisor.addresses(),
                    self.chosen,
                    self.options.bind,
                    self.data,
                )
                output.ready(summary, round(1000 * (time.monotonic() - began)))
                await asyncio.Event().wait()
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    async def _reload(self, supervisor: Supervisor, output: Output) -> None:
        folders = Sources(self.roles, self.topology.processes).folders()
        async for changed in changes(folders):
            running = [keeper.plan for keeper in supervisor.keepers.values()]
            names = Sources(self.roles, running).affected(changed)
            if names:
                output.changed(changed, names)
                await supervisor.restart(names)


async def _wait_ready(supervisor: Supervisor, output: Output) -> None:
    try:
        async with asyncio.timeout(_PATIENCE):
            await supervisor.wait_ready()
    except TimeoutError:
        output.waiting(supervisor.waited_for())
        await supervisor.wait_ready()


@contextlib.contextmanager
def _listening(bind: str, topology: Topology) -> Iterator[Mapping[str, socket.socket]]:
    """The sockets that are handed down, by listener."""
    with contextlib.ExitStack() as stack:
        sockets = {}
        for listener in topology.handed:
            port = topology.ports[listener]
            try:
                sockets[listener] = stack.enter_context(ports.listen(bind, port))
            except OSError as error:
                raise CannotStart(f"port {port} ({listener}): {error.strerror}") from error
        yield sockets


def _is_passing_by(options: Options) -> bool:
    """Whether nobody will find the registry at its address again, to ask what it kept."""
    return options.ports.get(infrastructure.REGISTRY, 0 if options.free_ports else None) == 0


def _outside(chosen: Mapping[str, Choice]) -> dict[str, str]:
    return {role: choice.reason for role, choice in chosen.items() if not choice.embedded}


def _wanted(topology: Topology) -> dict[str, int]:
    """Listener → port, for what starts here."""
    return {
        listener: port
        for process in topology.processes
        for listener, port in process.ports.items()
        if port
    }


def _absolute(data: str) -> str:
    """A folder from the root on; a URL as it is."""
    return data if "://" in data else str(Path(data).resolve())


def _data(chosen: str | None, settings: Settings) -> str:
    """Where the data is, and why there; passwords left out."""
    folder = chosen or settings.data
    if chosen is not None:
        reason = "as --data says"
    elif folder == Settings.from_environ({}).data:
        reason = "as INNKEEPER_DATA is not set"
    else:
        reason = f"INNKEEPER_DATA={without_password(folder)}"
    _check_folder(folder, reason)
    shown = f"{without_password(_absolute(folder))}, {reason}"
    for service, place in settings.data_by_service.items() if chosen is None else ():
        reason = f"{DATA_VARIABLES[service]}={without_password(place)}"
        _check_folder(place, reason)
        shown += f"; {service}: {reason}"
    return shown


def _check_folder(folder: str, reason: str) -> None:
    if "://" in folder or Path(folder).is_dir():
        return
    if Path(folder).is_file():
        raise CannotStart(
            f"{folder} is no folder ({reason}): write a database file as sqlite:///{folder}"
        )
    raise CannotStart(
        f"there is no folder {folder} ({reason}): name the one with the data by --data PATH"
    )
