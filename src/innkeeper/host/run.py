"""From the options of `innkeeper serve` to the exit status."""

import asyncio
import logging
from collections.abc import Sequence
from contextlib import closing, suppress

import uvloop

from innkeeper import logs
from innkeeper.host.control import Control
from innkeeper.host.faults import Faults
from innkeeper.host.garbage import leave_alone_what_is_there
from innkeeper.host.options import ServeOptions
from innkeeper.host.process import hosted
from innkeeper.host.service import Edge, Service
from innkeeper.host.signals import Stopping
from innkeeper.settings import Settings

_LOG = logging.getLogger(__name__)


def run(options: ServeOptions, settings: Settings, services: Sequence[Service], edge: Edge) -> None:
    """Host roles until a signal, or the launcher's end, says to stop.

    Raises:
        CannotStart: with one line that says what to do.
    """
    role = options.roles[0] if len(options.roles) == 1 else "together"
    logs.configure(settings.log_level, role, options.instance_id(role))
    uvloop.run(_run(options, settings, services, edge))


async def _run(
    options: ServeOptions,
    settings: Settings,
    services: Sequence[Service],
    edge: Edge,
) -> None:
    control = Control(options.control_fd)
    stopping = Stopping()
    stopping.watch()
    faults = Faults(options.instance_id)
    control.watch(stopping.ask, faults.carry_out)
    started = asyncio.Event()

    async def serve() -> None:
        async with hosted(options, settings, services, edge, faults) as addresses:
            _LOG.info("serving %s", ", ".join(f"{name} at {at}" for name, at in addresses.items()))
            leave_alone_what_is_there()
            control.ready(addresses)
            started.set()
            await stopping.wait()
            _LOG.info("stopping")

    serving = asyncio.create_task(serve())
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait([serving, asked], return_when=asyncio.FIRST_COMPLETED)
    if not started.is_set():
        # What is half started is left as it is entered: in reverse, without waiting for the rest.
        serving.cancel()
    asked.cancel()
    with closing(control), suppress(asyncio.CancelledError):
        await serving
