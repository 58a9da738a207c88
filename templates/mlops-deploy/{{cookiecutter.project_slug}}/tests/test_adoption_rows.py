"""Rows of one's own: what is read, what is refused, and what is written in place of ours."""

import gzip
import json
import re
import shutil
import tomllib
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from service import data, drill, training
from service.adoption import adopt, rows
from service.adoption.replacing import AdoptionError
from service.adoption.rows import name
from service.deployments import LOG
from service.settings import Settings, load_settings

ROOT = Path(__file__).parents[1]
COLUMNS = {"id": "No", "time": "Sent on", "known": "Arrived", "target": "Late?"}
DATA = ("rows.csv.gz", "outcomes.csv.gz", "SHA256SUMS", "DATASET.md")
PAGES = ("README.md", "MODEL_CARD.md", "CHANGELOG.md")
COPIED = (*PAGES, "scaffolder.toml", "settings.toml", "docs", "drill", "sql", "data")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """This project, with what a run leaves behind."""
    root = tmp_path / "project"
    root.mkdir()
    for each in COPIED:
        copy: Callable[..., Any] = shutil.copytree if (ROOT / each).is_dir() else shutil.copy
        copy(ROOT / each, root / each)
    for made in ("reports/metrics.json", "registry/artifacts/1/model.onnx", "var/service.db"):
        (root / made).parent.mkdir(parents=True, exist_ok=True)
        (root / made).write_text("{}")
    for variable in ("GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE"):  # set while Git itself runs the tests
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.chdir(root)
    return root


def parcels(rows: int = 1500, days: int = 100) -> pd.DataFrame:
    """Parcels that are late more often if they are heavy."""
    random = np.random.default_rng(3)
    sent, weight = np.sort(random.integers(0, days, rows)), random.lognormal(size=rows).round(2)
    arrived = sent + random.integers(1, 6, rows)
    return pd.DataFrame(
        {
            "No": [f"P{number}" for number in range(rows)],
            "Sent on": [f"{date(2024, 1, 1) + timedelta(days=int(day))} 09:30" for day in sent],
            "Weight (kg)": [str(value) for value in weight],
            "Größe": random.choice(["S", "M", ""], rows),
            "label": [f"text {number}" for number in range(rows)],
            "Arrived": [str(date(2024, 1, 1) + timedelta(days=int(day))) for day in arrived],
            "Late?": np.where(random.random(rows) < weight / (1 + weight), "yes", "no"),
        }
    )


def write(table: pd.DataFrame, name: str = "own.csv", **form: Any) -> Path:
    table.to_csv(Path("..", name), index=False, **form)
    return Path("..", name)


def use(table: pd.DataFrame, positive: str | None = "yes", outcomes: Path | None = None, **form: Any) -> Settings:
    """Adopt a table, and read what was written with the code of the project."""
    assert adopt(write(table, **form), outcomes, COLUMNS, positive, yes=True) == 0
    return load_settings()


def refused(table: pd.DataFrame, positive: str | None = "yes", outcomes: Path | None = None) -> str:
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    with pytest.raises(AdoptionError) as error:
        adopt(write(table), outcomes, COLUMNS, positive, yes=True)
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before
    return str(error.value)


def test_the_rows_can_be_trained_on_and_their_story_played() -> None:
    settings = use(parcels())
    story = tomllib.loads(drill.STORY.read_text("utf-8"))
    assert [(one.name, one.kind) for one in settings.features] == [
        ("weight_kg", "numeric"),
        ("grosse", "categorical"),
    ]
    good, bad = (
        training.train(settings, until=story["releases"][1]["day"], candidate="logistic", sql=Path(sql))
        for sql in (data.TRAINING_ROWS, story["releases"][2]["sql"])
    )
    aucs = [{one.name: one.value for one in made.manifest.metrics}["roc_auc"] for made in (good, bad)]
    assert min(aucs) > 0.6  # offline, the broken join cannot be seen
    rows, weights = data.request_rows(settings), parcels().set_index("No")["Weight (kg)"].astype(float)
    assert (rows["weight_kg"].to_numpy() == weights[rows["no"]].to_numpy()).all()
    assert story["until"] > settings.periods.reference_to


def test_nothing_of_the_former_data_is_left(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = use(parcels())
    words = tomllib.loads((project / "scaffolder.toml").read_text("utf-8"))["data"]["words"]
    named = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in words), re.IGNORECASE)
    slug = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["name"]
    texts = [path for path in project.rglob("*") if path.suffix in (".md", ".sql") or path.name.endswith("y.toml")]
    lines = [(path.name, line) for path in texts for line in path.read_text("utf-8").splitlines()]
    found = [(page, line) for page, line in lines if named.search(line.replace(slug, ""))]
    # The owner chose the project's address, title and first sentence, and is asked about them.
    assert [one for one in found if not one[1].startswith(("# ", "TODO(summary)"))] == []
    assert not [path for folder in ("reports", "registry", "var") for path in Path(folder).rglob("*") if path.is_file()]
    assert {*map(str, Path("data").iterdir())} == {f"data/{name}" for name in DATA}
    assert 'unit = "row"\n' in (project / "scaffolder.toml").read_text("utf-8")
    assert 'id = "row"\n' in (project / "scaffolder.toml").read_text("utf-8")
    assert "TODO(licence)" in Path("data/DATASET.md").read_text("utf-8")
    assert "label is text with 1,500 different values" in capsys.readouterr().out
    assert settings.data.unit == "row"


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "cp1252"), ("\t", "utf-16"), (",", "utf-8-sig")])
def test_two_files_in_any_form_give_the_same(delimiter: str, encoding: str) -> None:
    table, form = parcels(), {"sep": delimiter, "encoding": encoding}
    first = use(table).data.sha256
    late = write(table[["No", "Arrived", "Late?"]].iloc[::-1], "outcomes.csv", **form)
    assert use(table.drop(columns=["Arrived", "Late?"]), outcomes=late, **form).data.sha256 == first


def test_all_that_is_wrong_is_said_at_once() -> None:
    table = parcels()
    table.loc[0, "No"] = "P1"
    table.loc[2, "Sent on"] = "31.12.2024"
    table.loc[3, "Arrived"] = "2023-01-01"
    table.loc[4, "Late?"] = "perhaps"
    assert refused(table).splitlines() == [
        "own.csv:3: no 'P1' stands there twice",
        "own.csv:4: sent_on '31.12.2024' is no day such as 2026-12-31",
        "own.csv:5: arrived '2023-01-01' is before the day of its row",
        "own.csv:6: late 'perhaps' is neither no nor yes",
    ]
    late = write(table[["No", "Arrived", "Late?"]].assign(No="x"), "outcomes.csv")
    assert refused(parcels(), outcomes=late).endswith("more")


@pytest.mark.parametrize(
    ("table", "said"),
    [
        (parcels(400), "500 rows with an outcome are needed, and 400 found"),
        (parcels(days=20), "28 days from the first row to the last are needed, and 19 found"),
        (parcels().assign(**{"Late?": ["yes"] * 1480 + ["no"] * 20}), "50 rows of the rarer outcome are"),
        (parcels().assign(**{"Late?": "yes"}), "say which is meant with POSITIVE=value"),
        (parcels().drop(columns="Arrived"), "own.csv has no column arrived; it has no, sent_on"),
        (parcels().assign(Arrived="2024-04-30"), "by 2024-01-30 only 0 outcomes are known"),
        (parcels()[["No", "Sent on", "Arrived", "Late?", "label"]], "no column is left that could be an input"),
    ],
)
def test_what_cannot_be_used_is_refused(table: pd.DataFrame, said: str) -> None:
    assert said in refused(table)


def test_releases_by_people_are_not_thrown_away() -> None:
    LOG.write_text(json.dumps({"who": "ines", "action": "promoted"}) + "\n")
    assert "holds releases by ines" in refused(parcels())


@pytest.mark.parametrize(("column", "plain"), [("Größe (cm)", "grosse_cm"), ("2nd", "x_2nd"), ("Day", "day_")])
def test_names_are_made_plain(column: str, plain: str) -> None:
    assert name(column) == plain


def test_a_packed_file_is_unpacked_within_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(b"No,Late?\n1,yes\n")
    source = tmp_path / "rows.csv"
    source.write_bytes(packed)
    assert rows.read(source).to_dict("list") == {"no": ["1"], "late": ["yes"]}
    source.write_bytes(packed[:-9])
    with pytest.raises(AdoptionError, match="is not a complete gzip file"):
        rows.read(source)
    source.write_bytes(packed)
    monkeypatch.setattr(rows, "MOST_BYTES", 10)
    with pytest.raises(AdoptionError, match="holds more than 10 bytes"):
        rows.read(source)
