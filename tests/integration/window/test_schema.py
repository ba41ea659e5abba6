"""The JSON Schema of a Result: what the code says, and what every Result meets."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema

from docs.build_schema import schema as schema_of_the_code
from tests.acceptance.conftest import Home
from tests.integration.window.conftest import Desk
from worker.operations.sharing.schema import result_schema


def test_the_packaged_schema_is_what_the_code_says() -> None:
    assert result_schema() == schema_of_the_code(), "run `make reference` and commit result.schema.json"


def test_the_command_prints_the_schema(tmp_path: Path) -> None:
    assert Home(tmp_path).call("schema").out == result_schema()
    jsonschema.Draft202012Validator.check_schema(json.loads(result_schema()))


def test_every_result_of_the_program_meets_its_schema(desk: Desk) -> None:
    desk.stored(2)
    desk.dead(1)
    validator = jsonschema.Draft202012Validator(json.loads(result_schema()))
    found = [one.to_dict() for one in desk.services.articles.results("all")]
    assert {one["outcome"] for one in found} == {"stored", "dead"}
    for one in found:
        validator.validate(json.loads(json.dumps(one)))
        assert set(one) == set(json.loads(result_schema())["properties"])
    assert not validator.is_valid(found[0] | {"v": 2})
    assert not validator.is_valid({name: value for name, value in found[0].items() if name != "item_id"})
    assert validator.is_valid(found[0] | {"later": 1})
