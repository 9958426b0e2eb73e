"""What a user of the running system sees, the same in every topology."""

import re
from collections.abc import Iterator
from contextlib import ExitStack

import grpc
import httpx
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc

from innkeeper.pb.geo.v1 import geo_pb2, geo_pb2_grpc
from innkeeper.pb.profile.v1 import profile_pb2, profile_pb2_grpc
from innkeeper.pb.rate.v1 import rate_pb2, rate_pb2_grpc
from innkeeper.pb.search.v1 import search_pb2, search_pb2_grpc
from tests.support.background import entered
from tests.support.consul import running_consul
from tests.support.jaeger import running_jaeger
from tests.support.system import System, eventually, single_process, system

SERVICES = ("geo", "rate", "profile", "search")
ROLES = (*SERVICES, "frontend")
STAY = rate_pb2.Stay(in_date="2015-04-09", out_date="2015-04-10")


@pytest.fixture(
    scope="module",
    params=[
        "one process",
        "together",
        "five processes",
        "replicas",
        "plain calls",
        pytest.param("real backends", marks=pytest.mark.real),
    ],
)
def running(request: pytest.FixtureRequest) -> Iterator[System]:
    """The system in each of its topologies, and with a real Consul and a real Jaeger."""
    with ExitStack() as stack:
        match request.param:
            case "one process":
                yield stack.enter_context(single_process())
            case "together":
                yield stack.enter_context(system("--together"))
            case "five processes":
                yield stack.enter_context(system())
            case "replicas":
                yield stack.enter_context(system("--replicas", "geo=2,search=2"))
            case "plain calls":
                yield stack.enter_context(system(env={"INNKEEPER_BATCHING": "false"}))
            case _:
                consul = stack.enter_context(entered(running_consul()))
                jaeger = stack.enter_context(entered(running_jaeger()))
                outside = {
                    "CONSUL_HTTP_ADDR": consul.url,
                    "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://{jaeger.otlp_grpc}",
                    "INNKEEPER_TRACES_URL": jaeger.url,
                }
                yield stack.enter_context(system(env=outside))


@pytest.fixture(autouse=True)
def _connected(running: System) -> None:
    """Wait until callers have heard of everybody."""
    eventually(lambda: running.get("/readyz").status_code == 200)


def test_answer(running: System) -> None:
    """The original's request gets the original's hotels, nearest first, with all it names."""
    answer = running.stay()
    assert answer.status_code == 200
    collection = answer.json()
    assert collection["type"] == "FeatureCollection"
    phoenix, zetta = collection["features"][:2]
    assert phoenix["id"] == "5"
    assert phoenix["type"] == "Feature"
    assert phoenix["properties"]["name"] == "Phoenix Hotel"
    assert phoenix["properties"]["phone_number"] == "(415) 776-1380"
    assert phoenix["geometry"] == {"type": "Point", "coordinates": [-122.4181, 37.7831]}
    assert zetta["id"] == "3"
    assert zetta["properties"]["name"] == "Hotel Zetta"
    assert zetta["properties"]["phone_number"] == "(415) 543-8555"
    assert zetta["geometry"]["coordinates"] == [-122.4071, 37.7834]
    assert len(collection["features"]) == 16


def test_search(running: System) -> None:
    """Words, boxes, wishes, orders and pages go through all services, on every way between them."""

    def names(**query: object) -> list[str]:
        collection = running.stay(**query).json()
        return [feature["properties"]["name"] for feature in collection["features"]]

    assert names(q="pheonix") == ["Phoenix Hotel"]
    assert "Hotel Zetta" in names(bbox="-122.41,37.78,-122.40,37.79")
    first = running.stay(sort="price", currency="EUR", limit=5)
    second = running.http.get(running.addresses["frontend"] + first.links["next"]["url"])
    prices = [
        float(feature["properties"]["converted_price"]["amount"])
        for page in (first, second)
        for feature in page.json()["features"]
    ]
    assert len(prices) == 10
    assert prices == sorted(prices)
    rated = running.stay(sort="rating", minRating=4).json()
    ratings = [feature["properties"]["rating"] for feature in rated["features"]]
    assert ratings == sorted(ratings, reverse=True)
    assert rated["ranked"] == {"candidates": len(ratings), "complete": True}
    refused = running.stay(currency="VES", adults=101)
    assert (refused.status_code, refused.json()["parameter"]) == (400, "adults")


def test_page(running: System) -> None:
    """The page and what it is made of are there, and so are the API's documents."""
    page = running.get("/")
    assert page.status_code == 200
    links = re.findall(r'(?:src|href)="(/(?:static|look)/[^"]+)"', page.text)
    assert links
    for path in [*links, "/openapi.json", "/docs"]:
        assert running.get(path).status_code == 200, path


def test_trace(running: System) -> None:
    """One request makes one trace through all services, found within a second by its link."""
    answer = running.stay(limit=3)
    match = re.fullmatch(r"(.+/trace/([0-9a-f]{32}))", answer.links["trace"]["url"])
    assert match is not None

    def services() -> set[str]:
        found = running.get(f"/api/traces/{match[2]}", "traces")
        if found.status_code != 200:
            return set()
        trace = found.json()["data"][0]
        return {trace["processes"][span["processID"]]["serviceName"] for span in trace["spans"]}

    eventually(lambda: services() == set(ROLES), 1.0)
    assert httpx.get(match[1], trust_env=False).status_code == 200
    listed = running.get("/api/traces", "traces", service="frontend", limit=100).json()["data"]
    assert match[2] in {trace["traceID"] for trace in listed}


def test_spans(running: System) -> None:
    """Every hop has a client's and a server's span, below one another, named after the call."""
    trace_id = running.stay(limit=2).headers["link"].partition("/trace/")[2][:32]

    def spans() -> list[dict[str, object]]:
        found = running.get(f"/api/traces/{trace_id}", "traces")
        trace = found.json()["data"][0] if found.status_code == 200 else {"spans": []}
        return trace["spans"] if len(trace["spans"]) >= 9 else []

    names = [span["operationName"] for span in eventually(spans)]
    assert sorted(names) == [
        "GET /hotels",
        *["innkeeper.geo.v1.Geo/Nearby"] * 2,
        *["innkeeper.profile.v1.Profile/GetProfiles"] * 2,
        *["innkeeper.rate.v1.Rate/GetRates"] * 2,
        *["innkeeper.search.v1.Search/Nearby"] * 2,
    ]
    tags = {
        (tag["key"], tag["value"])
        for span in eventually(spans)
        for tag in span["tags"]  # type: ignore[attr-defined]
    }
    assert {
        ("http.request.method", "GET"),
        ("http.response.status_code", 200),
        ("rpc.system.name", "grpc"),
        ("rpc.method", "innkeeper.geo.v1.Geo/Nearby"),
        ("rpc.response.status_code", "OK"),
        ("span.kind", "client"),
        ("span.kind", "server"),
    } <= tags


def test_registry(running: System) -> None:
    """Every instance is in the registry, passing, with the address where it answers."""
    for role in ROLES:
        passing = running.passing(role)
        assert f"{role}-1" in passing
        for address in passing.values():
            if role in SERVICES:
                with grpc.insecure_channel(address) as channel:
                    request = health_pb2.HealthCheckRequest()
                    answer = health_pb2_grpc.HealthStub(channel).Check(request, timeout=5)
                    assert answer.status == health_pb2.HealthCheckResponse.SERVING
    assert running.get("/ui", "registry").status_code == 200


@pytest.mark.parametrize("service", SERVICES)
def test_plain_client(running: System, service: str) -> None:
    """A plain grpcio client, which knows the protos alone, is answered by health, reflection
    and the service itself."""
    address = next(iter(running.passing(service).values()))
    with grpc.insecure_channel(address) as channel:
        health = health_pb2_grpc.HealthStub(channel)
        name = f"innkeeper.{service}.v1.{service.title()}"
        answer = health.Check(health_pb2.HealthCheckRequest(service=name), timeout=5)
        assert answer.status == health_pb2.HealthCheckResponse.SERVING

        reflection = reflection_pb2_grpc.ServerReflectionStub(channel)
        asked = reflection_pb2.ServerReflectionRequest(list_services="")
        listed = next(iter(reflection.ServerReflectionInfo(iter([asked]), timeout=5)))
        assert name in {entry.name for entry in listed.list_services_response.service}

        assert call(service, channel)


def call(service: str, channel: grpc.Channel) -> list[str]:
    """Ask a service its own question; the ids of the hotels in its answer."""
    match service:
        case "geo":
            nearby = geo_pb2.NearbyRequest(lat=37.7749, lon=-122.4194, radius=2000, limit=3)
            found = geo_pb2_grpc.GeoStub(channel).Nearby(nearby, timeout=5)
            return list(found.places.hotel_ids)
        case "rate":
            rates = rate_pb2.GetRatesRequest(hotel_ids=["5"], stay=STAY)
            found = rate_pb2_grpc.RateStub(channel).GetRates(rates, timeout=5)
            return list(found.plans.hotel_ids)
        case "profile":
            profiles = profile_pb2.GetProfilesRequest(hotel_ids=["5"], locale="de")
            found = profile_pb2_grpc.ProfileStub(channel).GetProfiles(profiles, timeout=5)
            return [hotel.hotel_id for hotel in found.hotels]
        case _:
            bookable = search_pb2.NearbyRequest(
                lat=37.7749, lon=-122.4194, radius=2000, limit=3, stay=STAY
            )
            found = search_pb2_grpc.SearchStub(channel).Nearby(bookable, timeout=5)
            return list(found.places.hotel_ids)


def test_bad_input_of_a_plain_client(running: System) -> None:
    """A request that cannot be served ends as INVALID_ARGUMENT and names the field."""
    address = next(iter(running.passing("geo").values()))
    with grpc.insecure_channel(address) as channel, pytest.raises(grpc.RpcError) as caught:
        geo_pb2_grpc.GeoStub(channel).Nearby(geo_pb2.NearbyRequest(lat=91), timeout=5)
    assert caught.value.code() is grpc.StatusCode.INVALID_ARGUMENT
    assert "lat" in caught.value.details()


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ({}, "inDate"),
        ({"inDate": "2015-04-09"}, "outDate"),
        ({"inDate": "2015-02-30", "outDate": "2015-03-02"}, "inDate"),
        ({"inDate": "2015-04-10", "outDate": "2015-04-10"}, "outDate"),
        ({"inDate": "2015-04-01", "outDate": "2015-05-02"}, "outDate"),
        ({"inDate": "2015-04-09", "outDate": "2015-04-10", "lat": "nan"}, "lat"),
        ({"inDate": "2015-04-09", "outDate": "2015-04-10", "limit": "1e999"}, "limit"),
        ({"inDate": "2015-04-09", "outDate": "2015-04-10", "colour": "blue"}, "colour"),
    ],
)
def test_bad_request(running: System, query: dict[str, str], parameter: str) -> None:
    """What the caller got wrong is a problem document that names the parameter."""
    answer = running.get("/hotels", **query)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == 400
    assert parameter in problem["detail"]


def test_admin(running: System) -> None:
    """Every instance names its admin listener, which shows metrics and readiness."""
    running.stay()
    entries = running.get("/v1/health/service/search", "registry").json()
    admin = entries[0]["Service"]["Meta"]["admin"]
    with httpx.Client(trust_env=False) as client:
        for path in ("/healthz", "/readyz"):
            assert client.get(admin + path).status_code == 200
        metrics = client.get(f"{admin}/metrics").text
    assert "rpc_server_call_duration" in metrics
