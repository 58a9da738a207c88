"""`scaffolder list --for`: which project first, by background and role."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import Outcome, refused

from scaffolder.errors import AnswerError
from scaffolder.portfolio.guide import advice, roles
from scaffolder.template import catalog

Run = Callable[..., Outcome]


@pytest.mark.parametrize(
    ("who", "names"),
    [
        ("data analyst", ["data analyst"]),
        ("Data Analysts", ["data analyst"]),
        ("senior backend engineer", ["software engineer"]),
        ("I am a nurse", ["domain expert"]),
        ("machine-learning engineer", ["ML engineer"]),
        ("MLOps", ["MLOps engineer"]),
        ("AI researcher", ["research engineer"]),
        ("a data analyst who wants to be an AI engineer", ["data analyst", "AI engineer"]),
        ("AI engineer, was a data analyst", ["AI engineer", "data analyst"]),
    ],
)
def test_who_somebody_is_is_understood(who: str, names: list[str]) -> None:
    assert [each.name for each in advice(who)] == names


def test_whoever_is_unknown_gets_one_sentence_with_the_known_ones(scaffolder: Run) -> None:
    refused(
        scaffolder("list", "--for", "astronaut"),
        "No advice is known for 'astronaut': choose from data analyst, data scientist, software engineer,",
    )


@given(st.text(max_size=300))
def test_any_text_is_answered_or_refused(who: str) -> None:
    try:
        assert advice(who)
    except AnswerError as error:
        assert "choose from" in str(error)


def test_each_name_belongs_to_one_role_and_each_project_exists() -> None:
    names = [name.casefold() for role in roles() for name in (role.name, *role.words)]
    assert len(names) == len(set(names)) > 60
    for role in roles():
        templates = [template for template, _ in role.projects]
        assert len(templates) == len(set(templates)) == 3
        assert advice(role.name) == (role,)
    first = {role.projects[0][0] for role in roles()}
    assert first == set(catalog.names())


def test_the_advice_says_which_first_and_why(scaffolder: Run) -> None:
    code, out, err = scaffolder("list", "--for", "data analyst")
    assert (code, err) == (0, "")
    assert out.startswith("Data analyst: you have tables, SQL and statistics; readers look for ")
    assert out.index("1. classical-ml: ") < out.index("2. mlops-deploy: ")
    assert "scaffolder new classical-ml" in out
    said = json.loads(scaffolder("list", "--for", "AI engineer", "--json").out)
    assert [each["template"] for each in said[0]["projects"]] == ["rag-assistant", "llm-eval", "mlops-deploy"]
