"""The words of states and stages, which the database, JSON and other programs hold."""

from __future__ import annotations

import ast
import inspect
import json

import pytest
from pydantic_core import to_json

from worker import reasons
from worker.storage import values
from worker.storage.values import OPEN, PAUSABLE, TERMINAL, Balance, Progress, Stage, State


def test_the_words_of_states_and_stages_are_the_contracts() -> None:
    assert [*State] == ["waiting", "running", "stored", "duplicate", "refused", "dead"]
    assert PAUSABLE == ("fetch", "label", "store")
    assert {*OPEN, *TERMINAL} == {*State}


def test_a_state_is_written_as_its_word() -> None:
    assert json.loads(json.dumps({State.DEAD: Stage.FETCH})) == {"dead": "fetch"}
    assert to_json({State.DEAD: Stage.FETCH}) == b'{"dead":"fetch"}'
    assert f"{State.STORED}" == "stored"


@pytest.mark.parametrize(("module", "name"), [(values, "State"), (values, "Stage"), (reasons, "Reason"), (reasons, "Fate")])
def test_every_value_has_a_sentence(module, name: str) -> None:
    tree = ast.parse(inspect.getsource(module))
    body = next(node.body for node in tree.body if isinstance(node, ast.ClassDef) and node.name == name)
    for value, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(value, ast.Assign):
            assert isinstance(following, ast.Expr), ast.unparse(value)
            assert ast.literal_eval(following.value).endswith("."), ast.unparse(value)


def test_a_balance_fails_where_an_item_is_in_no_state_or_an_article_is_missing() -> None:
    states = dict.fromkeys(State, 1)
    even = Balance(6, states, 1, 0, 0, 0, counted=True)
    assert even.balanced
    assert not Balance(7, states, 1, 0, 0, 0, counted=True).balanced
    assert not Balance(6, states, 1, 1, 0, 0, counted=True).balanced


def test_a_job_is_open_while_items_of_it_wait_or_run() -> None:
    states = dict.fromkeys(State, 2)
    assert Progress(values.Job(1, "job", 0.0), states, 0, 0).open == 4
