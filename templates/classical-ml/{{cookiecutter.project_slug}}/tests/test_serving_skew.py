"""Training and serving agree: the same inputs, the same treatment of them, the same answers."""

import numpy as np
import pandas as pd
from fastapi.testclient import TestClient

import toy
import toy_target
from predictor import data, features
from predictor.bootstrap import Array
from predictor.decision import Task
from predictor.model import TOLERANCE, Manifest, parity
from toy import NEVER_SEEN, Project

ROWS = 200


def answers(client: TestClient, rows: list[toy.Row]) -> Array:
    found = [client.post("/predict", params={"reasons": 0}, json=row).json() for row in rows]
    return np.array(list(map(toy_target.answered, found)))


def test_the_service_answers_as_the_pipeline_does(project: Project, manifest: Manifest, client: TestClient) -> None:
    """On rows with gaps and unknown categories among them, to one in a million."""
    task = Task(project.settings)
    rows = toy.requests(project.settings, toy.table(), ROWS, seed=7, unknown=0.1)
    asked = pd.DataFrame(rows, columns=list(project.settings.columns))
    assert NEVER_SEEN in asked.to_numpy()
    assert asked.isna().any(axis=None)
    raw = task.raw(project.pipeline, features.table(asked, manifest.inputs))
    found = parity(manifest.outcome.finish(raw), answers(client, rows))
    assert found <= TOLERANCE


def test_the_test_rows_get_the_answers_that_were_measured(project: Project, client: TestClient) -> None:
    """From the file to the answer: 40 rows, as a caller would send them."""
    measured = pd.read_csv(project.folder / "reports/predictions.csv", index_col="row").iloc[:40]
    test = data.load(project.settings, project.folder).test[list(project.settings.columns)].loc[measured.index]
    rows = test.astype(object).where(test.notna(), None).to_dict("records")
    np.testing.assert_allclose(answers(client, rows), toy_target.predicted(measured), rtol=1e-5)


def test_a_request_is_bounded_as_the_data_are(project: Project, manifest: Manifest) -> None:
    for item in manifest.inputs:
        column = project.settings.columns[item.name]
        assert (item.kind, item.description) == (column.kind, column.description)
        assert item.kind != "numeric" or (item.min, item.max, item.unit) == (column.min, column.max, column.unit)
