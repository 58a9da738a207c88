"""`make report` fills every measured block of the documents, and touches nothing else."""

import re
import shutil
import subprocess
import sys
from contextlib import chdir
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import toy
from predictor import report
from predictor.reporting.metrics import METRICS, Gate, ReportError, read_json, read_report
from predictor.results import TRAINING, EvaluationReport
from toy import Project

Blocks = dict[str, list[str]]  # of each document
SVG = "{http://www.w3.org/2000/svg}"
NOT_YET = "_Not measured yet: run `make demo`._"


@pytest.fixture
def folder(project: Project, tmp_path: Path) -> Path:
    """The project, to be changed."""
    return Path(shutil.copytree(project.folder, tmp_path, dirs_exist_ok=True))


@pytest.fixture
def blocks(folder: Path) -> Blocks:
    """The measured blocks of this repository's documents, which are copied."""
    return toy.documents(folder)


def write(folder: Path, project: Project) -> list[Path]:
    with chdir(folder):
        return report.write(project.settings)


def test_a_report_needs_no_training_library() -> None:
    """So it takes a third of a second, and `make report` may be called after each word that is changed."""
    code = "import sys; from predictor import report; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert "predictor" in loaded
    assert not {"matplotlib", "onnx", "onnxruntime", "scipy", "skl2onnx", "sklearn"} & {*loaded}


def outside(document: str) -> str:
    mark = r"(?:<!--|#) "  # in Markdown, and in the front matter of the model card
    return re.sub(rf"(?ms)^({mark}measured:[^\n]+\n).*?^({mark}/measured)", r"\1\2", document)


def test_every_block_is_filled_and_the_rest_stays(project: Project, folder: Path, blocks: Blocks) -> None:
    before = {document: (folder / document).read_text(encoding="utf-8") for document in blocks}
    assert {path.as_posix() for path in write(folder, project)} <= set(blocks)
    assert write(folder, project) == []
    for document, old in before.items():
        new = (folder / document).read_text(encoding="utf-8")
        assert outside(new) == outside(old)
        assert NOT_YET not in new


def test_the_first_figure_is_what_mistakes_cost(project: Project) -> None:
    with chdir(project.folder):
        measured, record = read_report(METRICS, EvaluationReport), read_json(TRAINING)
        hostile = measured.difference[0].model_copy(update={"versus": "a<b>&c", "ci95": (-9e9, 9.0)})
        every = {"difference": [*measured.difference, hostile]}
        drawing = report.render(measured.model_copy(update=every), record, project.settings)["drawing"]
    drawn, cost = ElementTree.fromstring(drawing), measured.metric("expected_cost").value
    costly = [gain for gain in every["difference"] if gain.metric == "expected_cost"]
    assert [title.text for title in drawn.iter(f"{SVG}title")] == ["model", *(gain.versus for gain in costly)]
    widths = [float(bar.attrib["width"]) for bar in drawn.iter(f"{SVG}rect") if "y" in bar.attrib]
    costs = [cost, *(cost + gain.value for gain in costly)]
    assert np.argsort(widths, kind="stable").tolist() == np.argsort(costs, kind="stable").tolist()
    assert 0 <= min(widths) <= max(widths) <= 180


@pytest.mark.parametrize(
    ("value", "ci95", "begins"),
    [
        (0.5, (0.1, 0.9), "The model's mistakes cost **"),
        (0.5, (-0.1, 0.9), "**The best simple rule may do as well as the model:** treat nobody."),
        (0.0, (0.0, 0.0), "**The best simple rule does as well as the model:** treat nobody."),
        (-0.5, (-0.9, -0.1), "**The best simple rule does better than the model:** treat nobody."),
    ],
)
def test_the_first_lines_say_whether_the_model_is_better_than_a_simple_rule(
    project: Project, folder: Path, value: float, ci95: tuple[float, float], begins: str
) -> None:
    with chdir(folder):
        measured = read_report(METRICS, EvaluationReport)
        gain = measured.difference[0].model_copy(update={"value": value, "ci95": ci95})
        changed = {"rule": "treat nobody", "difference": [gain, *measured.difference[1:]]}
        said = report.render(measured.model_copy(update=changed), read_json(TRAINING), project.settings)
    assert said["headline"].startswith(begins)
    assert "at the costs that settings.toml assumes (" in said["headline"]  # nobody has measured them
    free = project.settings.model_copy(update={"cost": type(project.settings.cost)()})
    with chdir(folder):
        plain = report.render(measured.model_copy(update=changed), read_json(TRAINING), free)["headline"]
    assert "cost" not in plain
    assert "n the test" in plain
    assert ("may be chance" in said["headline"]) == (ci95[0] <= 0 <= ci95[1])
    assert "treat nobody" in said["headline"]


@pytest.mark.parametrize("low", [-0.1, 0.1])
@pytest.mark.parametrize("gated", [False, True])
def test_what_was_gated_is_said_and_what_was_not(project: Project, folder: Path, low: float, gated: bool) -> None:
    """Passed gates beside a rule that may do as well would read as if the model had been shown to be better."""
    with chdir(folder):
        measured = read_report(METRICS, EvaluationReport)
        headline = measured.metric(project.settings.training.headline)
        gates = [Gate(metric=headline.name, threshold=0, passed=True, value=headline.value)]
        gates += [Gate(metric="gain_over_rule", threshold=-1, passed=True, value=low)] * gated
        gain = measured.difference[0].model_copy(update={"value": 0.5, "ci95": (low, 0.9)})
        changed = {"gates": gates, "difference": [gain, *measured.difference[1:]]}
        said = report.render(measured.model_copy(update=changed), read_json(TRAINING), project.settings)["gates"]
    passed, _, without = said.partition("Without a gate: ")
    assert passed.startswith(f"{len(gates)} gate{'s' * gated} passed: {headline.label}")
    assert headline.label not in without
    assert "expected cost" in without
    doubt = "the gain over the simple rule" + ", which is not shown to be above zero" * (low <= 0)
    assert doubt in (passed if gated else without)
    assert "the gain over the simple rule" not in (without if gated else passed)
    assert ("not shown" in said) == (low <= 0)


def test_a_lost_block_is_an_error_and_changes_nothing(project: Project, folder: Path, blocks: Blocks) -> None:
    readme, card = folder / "README.md", folder / "MODEL_CARD.md"
    readme.write_text(readme.read_text(encoding="utf-8").replace("<!-- measured:headline -->\n", ""), encoding="utf-8")
    before = card.read_bytes()
    with pytest.raises(ReportError, match=r"README\.md: block 'headline' must have the lines"):
        write(folder, project)
    readme.write_text("", encoding="utf-8")
    with pytest.raises(ReportError, match=r"README\.md: block '.*' must have the lines"):
        write(folder, project)
    assert card.read_bytes() == before
