"""domain-capstone: today's rule, an override from the page to the next training, and a domain that is added."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from browser import SCREENS, barriers, fits, opened
from playwright.sync_api import Browser, Page
from projects import ROOT, Finished, Make, Project, environment, pythons, run
from selection import named, of
from service import reviewer, serving
from seventh import with_seventh

pytestmark = pytest.mark.template("domain-capstone")
VERDICTS = {  # by whether the headline is the whole cost: of a gain, and of none that is shown
    False: ("**The model is better than", "It is not shown that the model beats"),
    True: ("**Model and people together cost less than", "It is not shown that model and people together cost less"),
}
REASON = 'I called the ward; "two samples, one name"\nand the second was right.'


@pytest.fixture(scope="module", params=of("domain-capstone"), ids=named)
def capstone(request: pytest.FixtureRequest, make_finished: Make) -> Finished:
    return make_finished(*request.param)


@pytest.fixture
def copy(capstone: Finished, tmp_path: Path) -> Path:
    """A copy, in which a proof may decide what it likes."""
    folder = tmp_path / "project"
    shutil.copytree(capstone.project.path, folder, ignore=shutil.ignore_patterns(".venv", "var"))
    (folder / ".venv").symlink_to(capstone.project.path / ".venv")
    return folder


@pytest.fixture
def address(capstone: Finished, copy: Path) -> Iterator[str]:
    """A service that refers every case: in some domains, all examples would be accepted."""
    with serving(capstone.project, copy, "CAPSTONE_PORT", {"CAPSTONE_REFER_ALL": "true"}) as address:
        yield address


def call(address: str, path: str, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    with urlopen(Request(f"{address}{path}", data, {"content-type": "application/json"})) as answer:
        return json.load(answer)


def referred(address: str) -> dict[str, Any]:
    """The answer about a case like an example, but a new one: the training leaves out what validation cases decided."""
    manifest = call(address, "/model")
    case = dict(manifest["examples"][-1])
    for column in manifest["inputs"]:
        name, value = column["name"], case[column["name"]]
        if column["kind"] == "text":
            case[name] = f"{value} and so on"[: column["longest"]]
        elif column["kind"] == "numeric" and value is not None and column["seen"][1] > 1:
            case[name] = min(column["seen"][1], value * 1.003)
    answer: dict[str, Any] = call(address, "/cases", case)
    assert not answer["accepted"]
    return answer


def enter(page: Page, token: str) -> None:
    """Show the cases."""
    page.get_by_label("Your reviewer's token").fill(token)
    page.locator("#enter button").click()


def another(address: str, answer: dict[str, Any]) -> str | float:
    """An answer that a person may give instead."""
    if isinstance(answer["answer"], str):
        return next(str(one["name"]) for one in answer["options"] if one["name"] != answer["answer"])
    return float(answer["answer"]) + 1


def learned(project: Project, folder: Path) -> tuple[list[dict[str, str]], int]:
    """The rows for the next training, and how many of them it has used."""
    for target in ("audit", "collect", "train"):
        run("make", target, f"PYTHON={project.python}", cwd=folder, env=environment())
    with (folder / "data/reviewed.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return rows, json.loads((folder / "artifacts/model.json").read_text("utf-8"))["reviewed_cases"]


def test_the_readme_says_whether_the_rule_is_beaten(capstone: Finished) -> None:
    gain, readme = capstone.project.metrics["difference"], capstone.project.read("README.md")
    beaten, (better, not_shown) = gain["ci95"][0] > 0, VERDICTS[gain["metric"] == "whole_cost"]
    assert (better in readme, not_shown in readme) == (beaten, not beaten)


def test_the_curve_is_that_of_the_test_cases(capstone: Finished) -> None:
    with (capstone.project.path / "reports/predictions.csv").open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: float(row["uncertainty"]))
    curve = capstone.project.metrics["curve"]
    assert len(curve) > 1
    for point in curve:
        taken = [float(row["loss"]) for row in rows[: round(point["coverage"] * len(rows))]]
        assert sum(taken) / len(taken) == pytest.approx(point["risk"], rel=0.02, abs=0.002)


def test_an_override_in_the_browser_reaches_the_next_training(
    capstone: Finished, copy: Path, address: str, chromium: Browser, axe: str
) -> None:
    answer = referred(address)
    with opened(chromium, f"{address}/review#{answer['case']}", SCREENS["laptop"]) as page:
        failed: list[str] = []
        page.on("console", lambda message: failed.append(message.text))
        enter(page, "no token")
        page.get_by_text("No reviewer has this token.").wait_for()
        assert barriers(page, axe) == []
        assert answer["case"] not in str(page.locator("body").text_content())
        assert [line for line in failed if "401" not in line] == []
        failed.clear()
        enter(page, reviewer(capstone.project, copy, "Ada Ó Briain"))
        card = page.locator("article.waiting").first
        assert answer["case"] in str(card.locator("h2").text_content())
        card.get_by_role("button", name="Override").first.click()
        field = card.locator(f"#answer-{answer['case']}")
        given = another(address, answer)
        field.select_option(str(given)) if isinstance(given, str) else field.fill(str(given))
        card.get_by_role("button", name="Save the override").click()
        assert card.locator(".error:visible").count() == 1, "a reason is missing"
        card.get_by_label("Reason").fill(REASON)
        assert barriers(page, axe) == []
        card.get_by_role("button", name="Save the override").click()
        page.get_by_text("is overridden").wait_for()
        assert failed == []
    rows, used = learned(capstone.project, copy)
    assert (used, rows[0]["reviewer"]) == (1, "Ada Ó Briain")
    assert str(given) in rows[0].values()
    assert rows[0]["review_reason"].split() == REASON.split()


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("path", ["/", "/review"])
def test_the_pages_fit_each_screen_and_are_accessible(
    chromium: Browser, axe: str, capstone: Finished, copy: Path, address: str, screen: str, path: str
) -> None:
    answer = referred(address)
    with opened(chromium, f"{address}{path}", SCREENS[screen]) as page:
        if path == "/":
            page.locator("[data-example]").last.click()
            page.locator("#send").click()
            page.locator("#answer:visible").wait_for()
        else:
            enter(page, reviewer(capstone.project, copy, "Ada"))
            page.get_by_text(answer["case"]).first.wait_for()
        assert fits(page)
        assert barriers(page, axe) == []


@pytest.mark.long
def test_a_domain_that_is_added_runs(tmp_path: Path) -> None:
    template = with_seventh(tmp_path / "template")
    new = ["new", template, "lots", "-o", tmp_path, "--set", "domain=seeds", "--yes", "--no-git", "--trust"]
    run(sys.executable, "-m", "scaffolder", *new, cwd=ROOT)
    project = Project(tmp_path / "lots", next(iter(pythons().values())))
    project.demo()
    assert "test lot" in project.read("README.md")  # by itself, or of how many it may decide none
    assert " passed" in project.make("test")
    project.make("lint")
