"""Finished projects, made once and shared by the slow proofs."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from projects import ROOT, Finished, Project, generate, pythons

QUESTIONS = json.loads((ROOT / "templates/classical-ml/cookiecutter.json").read_text(encoding="utf-8"))
COMBINATIONS = [(use_case, model) for use_case in QUESTIONS["use_case"] for model in QUESTIONS["model"]]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("generated")


@pytest.fixture(scope="session")
def make_finished(workshop: Path) -> Callable[[str, str], Finished]:
    """The project of a use case and a model after `make demo`; the Pythons take turns."""
    made: dict[tuple[str, str], Finished | AssertionError] = {}
    available = list(pythons().values())

    def make(use_case: str, model: str) -> Finished | AssertionError:
        turn = QUESTIONS["use_case"].index(use_case) + QUESTIONS["model"].index(model)
        name = f"{use_case}-{model.split('_')[0]}"
        try:
            project = generate(workshop, name, available[turn % len(available)], use_case=use_case, model=model)
            return Finished(project, use_case, project.demo())
        except AssertionError as error:  # told to every proof that needs this project, without a second attempt
            return error

    def finished(use_case: str, model: str) -> Finished:
        result = made.get((use_case, model)) or made.setdefault((use_case, model), make(use_case, model))
        if isinstance(result, AssertionError):
            raise result
        return result

    return finished


@pytest.fixture(scope="session", params=COMBINATIONS, ids="-".join)
def finished(request: pytest.FixtureRequest, make_finished: Callable[[str, str], Finished]) -> Finished:
    return make_finished(*request.param)


@pytest.fixture(scope="session")
def churn(make_finished: Callable[[str, str], Finished]) -> Project:
    """The default project, finished."""
    return make_finished("churn", "hist_gradient_boosting").project
