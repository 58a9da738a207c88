"""`check` where only what it reads with is installed, as in a browser: the same report, but pictures are not decoded."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from handed_in import filled
from rendered import Files, finding, screenshot

from scaffolder.check.examine import check
from scaffolder.pages.forms import page

READS_WITH = {"fastjsonschema", "markdown_it", "mdurl", "yaml"}
CHECKED = f"""
import sys

class Missing:
    def find_spec(self, name, *_):
        if name.partition(".")[0] not in sys.stdlib_module_names | {READS_WITH | {"scaffolder"}}:
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Missing())
from scaffolder.check.examine import check
from scaffolder.pages.forms import page

reports = [check(sys.argv[1])]
page("badge", reports)
print(page("json", reports), end="")
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished project, whose README shows a screenshot."""
    folder = tmp_path_factory.mktemp("project")
    for path, data in filled("churn").items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder


def without_libraries(folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-c", CHECKED, str(folder)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)["reports"][0]


def test_only_pictures_are_unverified(project: Path) -> None:
    here, there = json.loads(page("json", [check(project)]))["reports"][0]["findings"], without_libraries(project)
    differ = [(one, other) for one, other in zip(here, there["findings"], strict=True) if one != other]
    assert [(one["item"], one["state"], other["state"]) for one, other in differ] == [("demo", "written", "unverified")]
    reason = "docs/screenshot.png was not looked at: Pillow, which decodes pictures, is not installed here"
    assert differ[0][1]["reason"] == reason
    assert len(here) > 30
    assert there["states"]["error"] == 0


@pytest.mark.parametrize(
    ("item", "readme", "path", "state"),
    [
        ("architecture", "## Architecture\n\n![](docs/a.png)", "docs/a.png", "found"),
        ("demo", "![Screenshot of the page](docs/page.png)", "docs/page.png", "found"),
        ("figures", "![](reports/figures/a.png)", "reports/figures/a.png", "unverified"),
    ],
)
def test_a_picture_that_cannot_be_decoded_is_there(
    monkeypatch: pytest.MonkeyPatch, item: str, readme: str, path: str, state: str
) -> None:
    files: Files = {"README.md": f"# A\n\n{readme}\n".encode(), path: screenshot()}
    if state == "unverified":
        files["scaffolder.toml"] = b"contract = 1\n\n[capabilities]\nmeasures = true\n"
        assert finding(files, item).state == "done"
    monkeypatch.setitem(sys.modules, "PIL", None)
    told = finding(files, item)
    assert told.state == state
    assert "not looked at" in str(told)
