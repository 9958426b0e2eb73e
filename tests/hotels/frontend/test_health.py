import httpx

from tests.support.frontend import frontend


async def test_a_living_process_says_so() -> None:
    """Whatever is missing, the process lives."""
    async with frontend(services={"search": "gone"}) as client:
        response = await client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "alive"})


async def test_a_frontend_is_ready_when_its_services_are(client: httpx.AsyncClient) -> None:
    """The services that can answer are listed."""
    response = await client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"services": ["profile", "search"], "status": "ready"}
    assert response.headers["cache-control"] == "no-store"


async def test_what_is_missing_is_named() -> None:
    """A service that cannot answer is named with the reason, and when to ask again."""
    async with frontend(
        services={"search": None, "profile": "no instance passes", "geo": "unreachable"}
    ) as client:
        response = await client.get("/readyz")

    assert response.status_code == 503
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["retry-after"] == "1"
    assert response.json()["missing"] == {"profile": "no instance passes", "geo": "unreachable"}
    assert response.json()["detail"] == "profile: no instance passes; geo: unreachable"
