"""The whole API against its own description: requests made at random from the OpenAPI document, on both databases."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)

from tests.integration.conftest import empty_database
from tests.integration.parts.samples import entry, failed, labelled
from tests.integration.parts.served_dashboard import Dashboard, served
from tests.integration.parts.servers import RedisServer, redis_binary
from worker.config import Settings
from worker.dashboard.api import SUBJECTS
from worker.dashboard.api.core.openapi import Document
from worker.dashboard.app import create_app
from worker.storage.ledger import Ledger
from worker.storage.values import Delivered

EXAMPLES = 6
"""Requests an operation: with some forty operations and two databases, a minute and a half."""
ERRORS = {"400", "401", "403", "404", "409", "413", "429", "503"}
"""The contract's list."""
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance, negative_data_rejection]
DOCUMENT = "/api/v1/openapi.json"
EVENTS = "/api/v1/events"


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def dashboard(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dashboard]:
    folder = tmp_path_factory.mktemp("openapi")
    redis = RedisServer(str(redis_binary("valkey")))
    redis.start()
    with served(Settings(data_dir=folder, database_url=empty_database(request, folder), redis_url=redis.url)) as running:
        fill(Ledger(running.services.engine, running.services.settings))
        yield running
    redis.stop()


def fill(ledger: Ledger) -> None:
    """An item in each state, so that answers are more than empty lists."""
    ledger.accept([entry(number) for number in range(8)], ledger.open_job("all"))
    lead = ledger.take_lead(ledger.leadership(), "test")
    requests = [request for _, request in ledger.lease(lead, 6)]
    outcomes = [labelled(request, f"Text {number % 2} of the day.") for number, request in enumerate(requests[:3])]
    outcomes += [failed(request, "http-404") for request in requests[3:5]]
    ledger.keep([Delivered(str(number), outcome) for number, outcome in enumerate(outcomes)], entry)


OPERATIONS = [
    (method, path)
    for path, operations in Document([route for subject in SUBJECTS for route in subject.router.routes]).content["paths"].items()
    for method in operations
    if path != EVENTS
]
"""Without the stream, whose answer never ends; tests/integration/test_api_events.py reads it."""


@pytest.fixture(scope="module")
def described(dashboard: Dashboard) -> schemathesis.BaseSchema:
    return schemathesis.openapi.from_url(f"{dashboard.url}{DOCUMENT}")


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["as described", "otherwise"])
@pytest.mark.parametrize(("method", "path"), OPERATIONS, ids=[f"{method} {path}" for method, path in OPERATIONS])
def test_an_operation_answers_as_it_is_described(described, method, path, mode):
    @settings(max_examples=EXAMPLES, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=described[path][method].as_strategy(generation_mode=mode))
    def each(case: schemathesis.Case) -> None:
        answer = case.call()
        case.validate_response(answer, checks=CHECKS)
        if answer.status_code != 200:
            assert str(answer.status_code) in ERRORS
            assert set(answer.json()) == {"error"}
            assert set(answer.json()["error"]) == {"reason", "message"}

    try:
        each()
    except Unsatisfiable:
        pytest.skip("no request to this address can be wrong")


def test_the_ledger_balances_after_all_that(dashboard: Dashboard) -> None:
    assert dashboard.services.operator_ledger.balance().balanced
    assert dashboard.ask("GET", "/livez").status == 200


def test_every_operation_is_described_with_its_errors_and_no_other(dashboard: Dashboard) -> None:
    document = dashboard.ask("GET", DOCUMENT).json
    assert document["openapi"].startswith("3.1")
    names = []
    for operations in document["paths"].values():
        for operation in operations.values():
            names.append(operation["operationId"])
            assert {"200", "400", "401", "403", "413", "429", "503"} <= set(operation["responses"]) <= {"200"} | ERRORS
            assert operation["summary"]
    assert len(names) == len(set(names)) > 30


def test_the_document_names_every_route_for_programs_but_itself(dashboard: Dashboard) -> None:
    table = create_app(dashboard.services, dashboard.services.settings).state.table
    routes = {(route.method, route.path.replace(":path", "")) for route in table.routes if route.path.startswith("/api/")}
    document = dashboard.ask("GET", DOCUMENT).json
    described = {(method.upper(), path) for path, operations in document["paths"].items() for method in operations}
    assert routes - described == {("GET", DOCUMENT)}
    assert "text/event-stream" in document["paths"][EVENTS]["get"]["responses"]["200"]["content"]
    assert described <= routes
    assert "HTTPValidationError" not in json.dumps(document)
