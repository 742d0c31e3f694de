"""The API called in every way its OpenAPI allows, and in ways it does not: no failure of the server, no reply that breaks the description."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import (
    content_type_conformance,
    not_a_server_error,
    response_schema_conformance,
    status_code_conformance,
)

from tests.rounds import rounds
from tests.server.conftest import Served

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
EXAMPLES = rounds(8, 20)
STREAMS = "/events"


@pytest.fixture(scope="module")
def schema(served: Served) -> schemathesis.BaseSchema:
    """The served API's description."""
    return schemathesis.openapi.from_url(f"{served.url}/api/v1/openapi.json")


def _operations(schema: schemathesis.BaseSchema) -> list[Any]:
    return [one.ok() for one in schema.get_all_operations()]


def test_every_route_of_the_api_is_described(schema: schemathesis.BaseSchema) -> None:
    paths = {operation.path for operation in _operations(schema)}
    assert {
        "/api/v1/ask",
        "/api/v1/query",
        "/api/v1/escalations/analytics",
        "/api/v1/sessions",
        "/health",
        "/ready",
    } <= paths


def test_every_operation_has_words_and_every_body_an_example(schema: schemathesis.BaseSchema) -> None:
    for operation in _operations(schema):
        assert operation.definition.raw.get("description"), operation.label


@pytest.mark.repeated
@pytest.mark.parametrize("mode", [schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE])
def test_no_call_breaks_the_server_or_its_description(
    schema: schemathesis.BaseSchema, mode: schemathesis.GenerationMode
) -> None:
    followed = [one for one in _operations(schema) if not one.path.endswith(STREAMS) and _takes_anything(one)]
    called = sum(_called(operation, mode) for operation in followed)
    assert called > 5 * len(followed)


def _takes_anything(operation: Any) -> bool:
    return bool(operation.definition.raw.get("parameters") or operation.definition.raw.get("requestBody"))


def _called(operation: Any, mode: schemathesis.GenerationMode) -> int:
    """Calls an operation with whatever is generated for it and checks each reply; how often."""
    count = 0

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def call(case: Any) -> None:
        nonlocal count
        case.validate_response(case.call(timeout=60), checks=CHECKS)
        count += 1

    call()
    return count
