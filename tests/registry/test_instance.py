from innkeeper.registry import Instance


def test_target_joins_address_and_port() -> None:
    """The target is what a channel connects to."""
    assert Instance("geo-1", "geo", "10.0.0.1", 8081).target == "10.0.0.1:8081"


def test_target_brackets_ipv6() -> None:
    """An IPv6 address is bracketed, or its last group would be read as the port."""
    assert Instance("geo-1", "geo", "::1", 8081).target == "[::1]:8081"


def test_instances_are_values() -> None:
    """Equal instances are one in a set; another meta makes another instance."""
    one = Instance("geo-1", "geo", "::1", 1, meta={"admin": "x"})
    same = Instance("geo-1", "geo", "::1", 1, meta={"admin": "x"})
    other = Instance("geo-1", "geo", "::1", 1, meta={"admin": "y"})
    assert len({one, same, other}) == 2
