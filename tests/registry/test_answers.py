from typing import Any

import pytest

from innkeeper.registry import Instance
from innkeeper.registry.answers import passing, registered


def entry(**service: Any) -> dict[str, Any]:
    return {
        "Node": {"Address": "10.0.0.9"},
        "Service": {"ID": "geo-1", "Service": "geo", "Address": "10.0.0.1", "Port": 8081} | service,
    }


def test_entry_becomes_an_instance() -> None:
    """Tags and meta come along."""
    answer = passing("7", [entry(Tags=["v1", "blue"], Meta={"admin": "http://x"})])
    assert answer.index == 7
    assert answer.instances == {
        Instance("geo-1", "geo", "10.0.0.1", 8081, ("v1", "blue"), {"admin": "http://x"})
    }


def test_missing_parts_have_consuls_meaning() -> None:
    """Without an address a service is at its node's; tags and meta may be null."""
    (instance,) = passing("7", [entry(Address="", Tags=None, Meta=None)]).instances
    assert instance == Instance("geo-1", "geo", "10.0.0.9", 8081)


def test_entry_without_a_port_is_left_out() -> None:
    """Nobody can call an instance without a port; the others stay."""
    answer = passing("7", [entry(Port=0), entry(ID="geo-2")])
    assert [instance.id for instance in answer.instances] == ["geo-2"]


def test_same_id_on_two_nodes_is_two_instances() -> None:
    """Ids are unique within an agent only."""
    answer = passing("7", [entry(), entry(Address="10.0.0.2")])
    assert len(answer.instances) == 2


@pytest.mark.parametrize("index", [None, "", "-1", "x", "1.5"])
def test_index_must_be_a_number(index: str | None) -> None:
    """Without an index the list cannot be followed."""
    with pytest.raises(ValueError, match="X-Consul-Index"):
        passing(index, [])


@pytest.mark.parametrize(
    "body",
    [
        None,
        5,
        "geo",
        {},
        {"error": "x"},
        [None],
        [[]],
        [{}],
        [{"Service": None, "Node": {}}],
        [entry(Port="many")],
        [entry(Tags=[{}])],
        [entry(Meta=3)],
    ],
)
def test_other_json_is_refused(body: Any) -> None:
    """JSON that is no list of service entries is an error, not an empty list."""
    with pytest.raises(ValueError):  # noqa: PT011 - the text is the parser's
        passing("1", body)


def test_entry_of_another_address_is_not_ours() -> None:
    """An id that is registered elsewhere belongs to a successor."""
    held = registered({"ContentHash": "c0ffee", "Address": "10.0.0.1", "Port": 8081})
    assert held.content_hash == "c0ffee"
    assert held.is_of(Instance("geo-1", "geo", "10.0.0.1", 8081))
    assert not held.is_of(Instance("geo-1", "geo", "10.0.0.1", 8082))


@pytest.mark.parametrize("body", [None, [], "geo", {}, {"ContentHash": "x"}])
def test_other_entry_is_refused(body: Any) -> None:
    """JSON that is no service is an error."""
    with pytest.raises(ValueError, match="not a service"):
        registered(body)
