"""`make site` of classical-ml in real Chromium, from a plain file server: it answers as the service does.

Three kinds of target, and inputs that are numbers, categories and dates, some of them missing or new to the model.
"""

from __future__ import annotations

import json
import os
import random
import sys
import tomllib
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from adoption_files import Row, dated, mostly_empty, plain, visits
from browser import SCREENS, fits, served, shown
from playwright.sync_api import Browser
from projects import ROOT, Project, environment, run
from test_service_pages import IN_VIEW

ROWS = 200
TARGETS = {"two classes": "missed", "several classes": "reminder", "a number": "wait days"}
MEANING = "the patient did not come"
SAME = 1e-6
ANSWERS = """
import json
import os
from prometheus_client import CollectorRegistry
from predictor.data import load
from predictor.model import ARTIFACTS, load_model
from predictor.serving.service import Service
from predictor.settings import load_settings

service = Service(load_model(ARTIFACTS), CollectorRegistry())
names = [item.name for item in service.manifest.inputs]
test = load(load_settings()).test[names].head(ROWS).astype(object)
rows = test.where(test.notna(), None).to_dict("records")
for row, item in zip(rows, service.manifest.inputs):  # one value that is new to the model
    new = {"numeric": lambda: item.seen[1] + 1, "categorical": lambda: "never seen"}
    row[item.name] = new[item.kind]()
for row in rows[-9:]:  # a gap in an input that tells much
    row["Café"] = None
print(json.dumps([[row, service.predict(row, 5).model_dump()] for row in rows]))
""".replace("ROWS", str(ROWS))
ASK = """async (rows) => {
  const { predict } = await import(new URL("static/predictor.js", document.baseURI));
  const answers = [];
  for (const row of rows) answers.push(await predict(row));
  return answers;
}"""


def python(credit: Project, project: Path, *words: str) -> str:
    """Run the project's code with the environment of the finished one."""
    env = {**environment(), "PYTHONPATH": str(project / "src")}
    return run(credit.path / ".venv/bin/python", *words, cwd=project, env=env)


@pytest.fixture(scope="module")
def site(credit: Project) -> Path:
    """The finished project, with its site."""
    credit.make("site")
    return credit.path


@pytest.fixture(scope="module", params=TARGETS)
def own(request: pytest.FixtureRequest, credit: Project, site: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project about own data with such a target, trained, with its site."""
    folder = tmp_path_factory.mktemp("own")
    plain(folder / "visits.csv", with_births(mostly_empty(dated(visits(1_500), "%Y-%m-%d"))))
    data = ["--data", folder / "visits.csv", "--target", TARGETS[request.param], "--time", "day"]
    data += ["--about", "row=visit", "--about", f"meaning={MEANING}"]
    run(sys.executable, "-m", "scaffolder", "new", "classical-ml", "own", *data, "--yes", "-o", folder, cwd=ROOT)
    project = folder / "own"
    python(credit, project, "-m", "predictor", "train")
    (project / ".venv").symlink_to(credit.path / ".venv")
    (project / "web/node_modules").symlink_to(site / "web/node_modules")
    os.utime(project / "web/node_modules")  # newer than the lock file
    run("make", "site", cwd=project, env={**environment(), "PYTHONPATH": str(project / "src")})
    return project


def with_births(rows: list[Row]) -> list[Row]:
    """A second date, which is an input; the first one divides the rows."""
    draw, start = random.Random(1), date(1950, 1, 1)
    return [{**row, "born": f"{start + timedelta(days=draw.randrange(20_000))}"} for row in rows]


def is_the_same(credit: Project, project: Path, chromium: Browser) -> list[dict[str, Any]]:
    """Hold the browser's answers against those of the service; gives the latter."""
    expected = json.loads(python(credit, project, "-c", ANSWERS))
    assert len(expected) == ROWS
    with served(project) as host, shown(chromium, f"{host}/site/") as page:
        found = page.evaluate(ASK, [row for row, _ in expected])
    for (_, theirs), ours in zip(expected, found, strict=True):
        assert ours["ok"], ours
        assert_same(ours["answer"], theirs)
    return [answer for _, answer in expected]


def assert_same(ours: dict[str, Any], theirs: dict[str, Any]) -> None:
    reasons, known = ours.pop("reasons"), theirs["reasons"]
    effects = {reason["feature"]: reason["effect"] for reason in known}
    assert {reason["feature"]: reason["effect"] for reason in reasons} == pytest.approx(effects, rel=SAME, abs=SAME)
    assert [{**reason, "effect": 0} for reason in reasons] == [{**reason, "effect": 0} for reason in known]
    chances = {chance["label"]: chance["probability"] for chance in ours.pop("probabilities", [])}
    assert chances == pytest.approx(
        {chance["label"]: chance["probability"] for chance in theirs.get("probabilities", [])}, rel=SAME, abs=SAME
    )
    numbers = {name: value for name, value in theirs.items() if isinstance(value, float)}
    assert {name: ours.pop(name) for name in numbers} == pytest.approx(numbers, rel=SAME, abs=SAME)
    assert ours == {name: value for name, value in theirs.items() if name in ours}


def test_it_answers_as_the_service_does(credit: Project, own: Path, chromium: Browser) -> None:
    answers = is_the_same(credit, own, chromium)
    assert sum(len(answer["reasons"]) for answer in answers) > ROWS
    assert {reason["value"] is None for answer in answers for reason in answer["reasons"]} == {True, False}
    assert {warning["field"] for answer in answers for warning in answer["warnings"]} >= {"born_year", "fee", "Café"}


def test_the_page_is_about_the_owners_rows(own: Path) -> None:
    text = (own / "site/index.html").read_text(encoding="utf-8")
    of_two = "positive" in tomllib.loads((own / "settings.toml").read_text(encoding="utf-8"))["problem"]
    for said in (f"How likely is it that <em>{MEANING}</em>?", ">raise an alarm for this visit<"):
        assert (said in text) == of_two
    assert text.count("data-example=") == 3
    assert not [word for word in ("are not real", "cardholder", "credit") if word in text.lower()]


@pytest.mark.parametrize("screen", SCREENS)
def test_it_shows_the_answer_without_a_network(site: Path, chromium: Browser, screen: str) -> None:
    """Under a subfolder of a plain file server; once the model is loaded, nothing more is asked for."""
    with served(site) as host, shown(chromium, f"{host}/site/", SCREENS[screen]) as page:
        page.wait_for_load_state("networkidle")
        page.context.set_offline(True)
        page.locator("[data-example]").first.click()
        page.locator("#verdict").wait_for()
        assert [part for part in ("#score", "#verdict") if not page.evaluate(IN_VIEW, part)] == []
        assert page.locator("#reasons li").count() > 0
        assert page.locator(".decision:visible").inner_text().lower() == "call this cardholder"
        assert fits(page)
        assert page.get_by_text("nothing that you type is sent anywhere").is_visible()


def test_a_value_that_the_service_refuses_is_refused(site: Path, chromium: Browser) -> None:
    with served(site) as host, shown(chromium, f"{host}/site/") as page:
        field = page.locator("input[type=number][required]").first
        for wrong in ("-1", ""):
            field.fill(wrong)
            page.locator("#predict").click()
            assert field.get_attribute("aria-invalid") == "true"
            assert page.locator("#answer").is_hidden()
        (large,) = page.evaluate(ASK, [{"credit_limit": 1e39}])
        assert large["ok"] is False
        assert "credit_limit" in {error["loc"][1] for error in large["answer"]["detail"]}
