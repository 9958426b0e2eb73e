import pytest

from innkeeper import registry
from innkeeper.errors import CannotStart
from tests.support.fake_consul import FakeConsul


@pytest.fixture(autouse=True)
def environment(fake: FakeConsul, monkeypatch: pytest.MonkeyPatch) -> None:
    """The registry that the environment names is the fake."""
    for name in ("CONSUL_HTTP_TOKEN", "CONSUL_HTTP_SSL", "CONSUL_CACERT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CONSUL_HTTP_ADDR", f"127.0.0.1:{fake.port}")


async def test_short_form(fake: FakeConsul) -> None:
    """A name and a port are enough; the entry is gone at the end."""
    async with registry.register("billing", port=9000) as registration:
        assert registration.entered
        entry = fake.services["billing-1"]
        assert (entry["Name"], entry["Address"], entry["Port"]) == ("billing", "127.0.0.1", 9000)
        assert entry["Check"]["TCP"] == "127.0.0.1:9000"
    assert fake.services == {}


async def test_everything_can_be_said(fake: FakeConsul) -> None:
    """Id, address, tags, meta and check are the caller's when given."""
    async with registry.register(
        "billing",
        port=9000,
        id="billing-7",
        advertise="10.0.0.4",
        tags=("blue",),
        meta={"team": "money"},
        check=registry.Check(),
    ):
        entry = fake.services["billing-7"]
        assert entry["Address"] == "10.0.0.4"
        assert entry["Tags"] == ["blue"]
        assert entry["Meta"] == {"team": "money"}
        assert entry["Check"]["GRPC"] == "10.0.0.4:9000"


async def test_named_registry_must_be_there(
    fake: FakeConsul, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A registry that the environment names and that is no registry ends the start."""
    fake.leader = ""
    with pytest.raises(CannotStart, match="no leader"):
        async with registry.register("billing", port=9000):
            pass
