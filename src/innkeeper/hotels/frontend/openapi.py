"""The OpenAPI 3.1 document, made from the types that requests are read and answers written with."""

from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import Any

import msgspec

from innkeeper.hotels.frontend import geojson, problems
from innkeeper.hotels.frontend.health import Alive, Ready
from innkeeper.hotels.frontend.parameters import PARAMETERS
from innkeeper.hotels.frontend.query import MAX_BYTES

_COMPONENT = "#/components/schemas/{name}"

_PROBLEMS = {
    400: "A parameter is unknown, repeated, missing or out of range; `parameter` names it.",
    404: "There is nothing at this path.",
    405: "The path has no such method; the `Allow` header lists those it has.",
    414: f"The query is longer than {MAX_BYTES} bytes.",
    500: "Something unforeseen went wrong.",
    503: "A service that is needed is away or overloaded; `Retry-After` says when to try again.",
    504: "The answer did not come together within the deadline.",
}


def document() -> dict[str, Any]:
    """The document, ready to be encoded as JSON."""
    types = (geojson.FeatureCollection, Alive, Ready, problems.Problem)
    (collection, alive, ready, problem), schemas = msgspec.json.schema_components(
        types, ref_template=_COMPONENT
    )
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Innkeeper",
            "version": version("innkeeper"),
            "summary": "Hotels that can be booked near a place.",
            "description": "HEAD works wherever GET does. Whatever goes wrong is told as a problem"
            " (RFC 9457).",
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "externalDocs": {"description": "JSON Schemas of the flat files", "url": "/schemas/"},
        "paths": {
            "/hotels": _get(
                "hotels",
                "Find hotels that can be booked near a place for a stay, nearest first",
                geojson.MEDIA_TYPE,
                collection,
                problem_statuses=(400, 414, 500, 503, 504),
                parameters=_parameters(),
            ),
            "/healthz": _get(
                "healthz", "Whether the process lives", "application/json", alive, (500,)
            ),
            "/readyz": _get(
                "readyz",
                "Whether every service that is needed can answer",
                "application/json",
                ready,
                (500, 503),
            ),
        },
        "components": {"schemas": schemas, "responses": _responses(problem)},
    }


def _get(
    name: str,
    summary: str,
    media_type: str,
    schema: dict[str, Any],
    problem_statuses: Iterable[int],
    parameters: Sequence[dict[str, Any]] = (),
) -> dict[str, Any]:
    """A path that can be read."""
    problems_by_status = {
        str(status): {"$ref": f"#/components/responses/{problems.KINDS[status]}"}
        for status in problem_statuses
    }
    return {
        "get": {
            "operationId": name,
            "summary": summary,
            "tags": ["Hotels" if parameters else "Health"],
            "parameters": parameters,
            "responses": {
                "200": {"description": "OK", "content": {media_type: {"schema": schema}}},
                **problems_by_status,
            },
        }
    }


def _parameters() -> list[dict[str, Any]]:
    parameters = []
    for name, field in PARAMETERS.items():
        schema = msgspec.json.schema(field.type)
        parameter: dict[str, Any] = {
            "name": name,
            "in": "query",
            "required": field.required,
            "description": schema.pop("description"),
            "schema": schema,
        }
        if not field.required and field.default:
            schema["default"] = field.default
        parameters.append(parameter)
    return parameters


def _responses(schema: dict[str, Any]) -> dict[str, Any]:
    responses: dict[str, Any] = {}
    for status, description in _PROBLEMS.items():
        response: dict[str, Any] = {
            "description": description,
            "content": {problems.MEDIA_TYPE: {"schema": schema}},
        }
        if status == 503:
            response["headers"] = {
                "Retry-After": {"description": "Seconds.", "schema": {"type": "integer"}}
            }
        responses[problems.KINDS[status]] = response
    return responses
