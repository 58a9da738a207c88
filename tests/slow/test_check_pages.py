"""The pages of `scaffolder check` in the programs that read them: a browser, axe-core, a CI runner."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from browser import SCREENS, barriers, fits, opened
from playwright.sync_api import Browser
from projects import ROOT, environment, run
from sample_reports import finished, hostile, learner

from scaffolder.pages import html

PAGES = {"one": [learner()], "several": [learner(), finished(), hostile()], "hostile": [hostile()]}


@pytest.mark.parametrize("screen", SCREENS)
@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_accessible_on_each_screen(
    chromium: Browser, axe: str, tmp_path: Path, name: str, screen: str
) -> None:
    file = tmp_path / "page.html"
    file.write_text(html.page(PAGES[name]), encoding="utf-8")
    with opened(chromium, file.as_uri(), SCREENS[screen]) as shown:
        assert barriers(shown, axe, set()) == []
        assert fits(shown)


def test_the_browser_runs_nothing_of_a_repository(chromium: Browser, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_text(html.page([hostile()]), encoding="utf-8")
    with opened(chromium, file.as_uri()) as shown:
        assert shown.title().startswith("<script>document.title='pwned'</script>")
        assert shown.locator("script, img").count() == 0
        assert shown.evaluate("getComputedStyle(document.querySelector('.ladder')).display") == "grid"


def test_the_policy_would_stop_what_escaping_missed(chromium: Browser, tmp_path: Path) -> None:
    attack = "<script>document.title='pwned'</script><body><img src=x onerror=\"document.title='pwned'\">"
    file = tmp_path / "page.html"
    file.write_text(html.page([learner()]).replace("<body>", attack), encoding="utf-8")
    with opened(chromium, file.as_uri()) as shown:
        assert shown.locator("script, img").count() == 2
        assert shown.title() == "churn-predictor: portfolio checklist"


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("runner")
    run("uv", "venv", "--quiet", "--seed", "--python", sys.executable, folder / "python", cwd=folder)
    step(folder, "Install scaffolder")
    return folder


def step(folder: Path, name: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a step of action.yml as a CI runner does."""
    steps = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))["runs"]["steps"]
    (script,) = [entry["run"] for entry in steps if entry.get("name") == name]
    python = str(folder / "python/bin/python")
    given = {"PYTHON": python, "RUNNER_TEMP": str(folder / "temp"), "GITHUB_ACTION_PATH": str(ROOT)}
    env = {**environment(), **given, "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), **variables}
    work = folder / "work"
    work.mkdir(exist_ok=True)
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=work, env=env, capture_output=True, text=True, check=name != "Check")


def test_the_action_annotates_and_writes_a_summary(runner: Path) -> None:
    (runner / "work/README.md").write_text("# Mine\n\n## Problem\n\nTODO(problem): whose?\n")
    (runner / "work/yaml.py").write_text("raise SystemExit('the repository ran')")
    result = step(runner, "Check", CHECK_PATH=".", CHECK_LEVEL="")
    assert (result.returncode, result.stderr) == (0, "")
    assert "file=README.md,line=5," in result.stdout
    assert (runner / "summary.md").read_text(encoding="utf-8").startswith("# work")


@pytest.mark.parametrize("path", ["$(touch ran)", "`touch ran`", "; touch ran", "--help"])
def test_the_action_takes_its_inputs_as_data(runner: Path, path: str) -> None:
    result = step(runner, "Check", CHECK_PATH=path, CHECK_LEVEL="")
    assert result.returncode == 2
    assert "There is no folder" in result.stderr
    assert not (runner / "work/ran").exists()
