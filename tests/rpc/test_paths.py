"""What a caller and a handler see is the same on every path that a call can take."""

import asyncio
from typing import Any

import pytest
from grpc import StatusCode
from grpc.aio import AioRpcError, Channel

from innkeeper import errors
from innkeeper.pb.geo.v1.geo_pb2 import NearbyRequest, NearbyResponse, Places
from innkeeper.rpc import deadline
from tests.rpc.conftest import ScriptedGeo, stub

Path = tuple[Channel, ScriptedGeo]


async def test_answer(path: Path) -> None:
    """A call returns the message of the handler and ends with OK."""
    channel, _ = path
    call = stub(channel).Nearby(NearbyRequest(lat=1))
    response = await call
    assert response.places.hotel_ids[0] == "geo-1"
    assert await call.code() is StatusCode.OK
    assert call.done()
    assert not call.cancelled()


async def test_messages_are_copies(path: Path) -> None:
    """Neither side sees what the other does to its message later."""
    channel, geo = path
    kept: list[Any] = []

    async def keep(request: NearbyRequest, context: Any) -> NearbyResponse:
        response = NearbyResponse(places=Places(hotel_ids=["mine"]))
        kept.extend([request, response])
        return response

    geo.behaviour = keep
    request = NearbyRequest(lat=1)
    call = stub(channel).Nearby(request)
    request.lat = 2
    answer = await call
    answer.places.hotel_ids[0] = "changed"
    assert kept[0].lat == 1
    assert kept[1].places.hotel_ids[0] == "mine"


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (errors.NotFound("no such place"), StatusCode.NOT_FOUND),
        (errors.Unavailable("the store is away"), StatusCode.UNAVAILABLE),
        (errors.Overloaded("too much waits"), StatusCode.RESOURCE_EXHAUSTED),
        (errors.TooLate("time is over"), StatusCode.DEADLINE_EXCEEDED),
    ],
)
async def test_errors_cross(path: Path, raised: errors.Error, code: StatusCode) -> None:
    """A service's error reaches its caller as the same class, and as gRPC's with the right code."""
    channel, geo = path

    async def fail(request: NearbyRequest, context: Any) -> NearbyResponse:
        raise raised

    geo.behaviour = fail
    with pytest.raises(type(raised), match=str(raised)) as caught:
        await stub(channel).Nearby(NearbyRequest())
    assert isinstance(caught.value, AioRpcError)
    assert caught.value.code() is code


async def test_bad_input_names_its_field(path: Path) -> None:
    """What was wrong with which field arrives with the error."""
    channel, geo = path

    async def refuse(request: NearbyRequest, context: Any) -> NearbyResponse:
        raise errors.BadInput("radius", "a number of metres above 0")

    geo.behaviour = refuse
    with pytest.raises(errors.BadInput) as caught:
        await stub(channel).Nearby(NearbyRequest())
    assert caught.value.field == "radius"
    assert caught.value.allowed == "a number of metres above 0"


async def test_bug_is_internal(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """An unforeseen exception ends its call as INTERNAL, tells nothing of itself, and is logged."""
    channel, geo = path

    async def fail(request: NearbyRequest, context: Any) -> NearbyResponse:
        raise ZeroDivisionError("secret")

    geo.behaviour = fail
    with pytest.raises(AioRpcError) as caught:
        await stub(channel).Nearby(NearbyRequest())
    assert caught.value.code() is StatusCode.INTERNAL
    assert "secret" not in str(caught.value)
    assert "ZeroDivisionError: secret" in caplog.text


async def test_handler_aborts(path: Path) -> None:
    """A status that a handler sets with `abort` arrives with its details and trailing metadata."""
    channel, geo = path

    async def abort(request: NearbyRequest, context: Any) -> NearbyResponse:
        await context.abort(StatusCode.DATA_LOSS, "gone", (("why", "fire"),))
        raise AssertionError

    geo.behaviour = abort
    with pytest.raises(AioRpcError) as caught:
        await stub(channel).Nearby(NearbyRequest())
    assert caught.value.code() is StatusCode.DATA_LOSS
    assert caught.value.details() == "gone"
    assert dict(caught.value.trailing_metadata())["why"] == "fire"


async def test_metadata_both_ways(path: Path) -> None:
    """Metadata of the caller reaches the handler, and the handler's reaches the caller."""
    channel, geo = path
    seen: dict[str, Any] = {}

    async def look(request: NearbyRequest, context: Any) -> NearbyResponse:
        seen.update(context.invocation_metadata())
        await context.send_initial_metadata((("first", "1"),))
        context.set_trailing_metadata((("last", "2"),))
        return NearbyResponse()

    geo.behaviour = look
    call = stub(channel).Nearby(NearbyRequest(), metadata=(("asked-by", "me"),))
    await call
    assert seen["asked-by"] == "me"
    assert dict(await call.initial_metadata())["first"] == "1"
    assert dict(await call.trailing_metadata())["last"] == "2"


async def test_deadline_travels(path: Path) -> None:
    """The handler of a call works under what is left of its caller's deadline."""
    channel, geo = path
    left: list[float | None] = []

    async def look(request: NearbyRequest, context: Any) -> NearbyResponse:
        left.extend([deadline.remaining(), context.time_remaining()])
        return NearbyResponse()

    geo.behaviour = look
    with deadline.within(30):
        await stub(channel).Nearby(NearbyRequest(), timeout=60)
    # gRPC rounds what it sends, to a hundredth of it at most.
    assert all(seconds is not None and 20 < seconds <= 30.5 for seconds in left)


async def test_no_deadline_of_its_own(path: Path) -> None:
    """Without a deadline the handler has none."""
    channel, geo = path
    left: list[float | None] = []

    async def look(request: NearbyRequest, context: Any) -> NearbyResponse:
        left.extend([deadline.remaining(), context.time_remaining()])
        return NearbyResponse()

    geo.behaviour = look
    await stub(channel).Nearby(NearbyRequest())
    assert left == [None, None]


async def test_deadline_ends_the_call(path: Path) -> None:
    """A call whose deadline passes ends as TooLate, and its handler is cancelled."""
    channel, geo = path
    geo.behaviour = geo.hang
    with pytest.raises(errors.TooLate):
        await stub(channel).Nearby(NearbyRequest(), timeout=0.1)
    async with asyncio.timeout(5):
        await geo.cancelled.wait()


async def test_passed_deadline_starts_nothing(path: Path) -> None:
    """A call that comes too late reaches no handler."""
    channel, geo = path
    with deadline.within(0), pytest.raises(errors.TooLate):
        await stub(channel).Nearby(NearbyRequest())
    assert geo.calls == 0


async def test_cancelling_reaches_the_handler(path: Path) -> None:
    """Cancelling a call cancels its handler."""
    channel, geo = path
    geo.behaviour = geo.hang
    call = stub(channel).Nearby(NearbyRequest())
    async with asyncio.timeout(5):
        await geo.started.wait()
        assert call.cancel()
        await geo.cancelled.wait()
        assert await call.code() is StatusCode.CANCELLED
    assert call.cancelled()


async def test_cancelling_the_caller_reaches_the_handler(path: Path) -> None:
    """Cancelling the task that awaits a call cancels its handler."""
    channel, geo = path
    geo.behaviour = geo.hang

    async def ask() -> None:
        await stub(channel).Nearby(NearbyRequest())

    task = asyncio.create_task(ask())
    async with asyncio.timeout(5):
        await geo.started.wait()
        task.cancel()
        await geo.cancelled.wait()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_starts_unawaited(path: Path) -> None:
    """A call begins when it is made, whether or not somebody awaits it."""
    channel, geo = path
    call = stub(channel).Nearby(NearbyRequest())
    async with asyncio.timeout(5):
        await geo.started.wait()
    await call
