"""What must be true of this repository, whatever data it has."""

from __future__ import annotations

import re
import subprocess
import tomllib
from hashlib import sha256
from pathlib import Path

from service.data import sums
from service.settings import load_settings

ROOT = Path(__file__).parents[1]
SETTINGS = load_settings(ROOT / "settings.toml")
ALERT = re.compile(r"^\s+- alert: (\w+)$", re.MULTILINE)
CODE = re.compile(r"```sh\n(.*?)```|(`[^`\n]+`)", re.DOTALL)
MAKE = re.compile(r"\bmake ([a-z-]+)(?=[`\s)])")
PAGES = [ROOT / "README.md", ROOT / "MODEL_CARD.md", *sorted((ROOT / "docs").glob("*.md"))]


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_data_are_those_that_the_settings_and_the_list_name() -> None:
    files = (SETTINGS.data.file, SETTINGS.data.outcomes)
    assert read("data/SHA256SUMS") == sums({file: (ROOT / file).read_bytes() for file in files})
    assert SETTINGS.data.sha256 == sha256((ROOT / "data/SHA256SUMS").read_bytes()).hexdigest()


def test_each_alert_has_a_chapter_in_the_runbook() -> None:
    alerts = set(ALERT.findall(read("monitoring/alerts.yml")))
    assert alerts
    assert set(re.findall(r"^### (\w+)$", read("docs/runbook.md"), re.MULTILINE)) == alerts


def test_the_commands_in_the_documents_exist() -> None:
    targets = set(re.findall(r'^    "([a-z-]+)": \[', read("tasks.py"), re.MULTILINE))
    cited = {page.name: set(MAKE.findall(code(page.read_text(encoding="utf-8")))) for page in PAGES}
    assert {"demo", "test"} <= cited["README.md"]
    assert "rollback" in cited["runbook.md"]
    assert {page: commands - targets for page, commands in cited.items() if commands - targets} == {}


def code(text: str) -> str:
    """The blocks of commands, and what stands between backticks."""
    return "\n".join(block or words for block, words in CODE.findall(text))


def test_the_image_gets_what_it_copies() -> None:
    copied = re.findall(r"^COPY (?:--chown=\S+ )?([\w.-]+) ", read("Dockerfile"), re.MULTILINE)
    assert "src" in copied
    assert {f"!{name}" for name in copied} <= set(read(".dockerignore").splitlines())


def test_what_a_run_leaves_behind_is_not_committed() -> None:
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    assert [name for name in tracked.splitlines() if name.startswith(("registry/", "var/"))] == []
    assert {"registry/", "var/"} <= set(read(".gitignore").splitlines())


def test_every_variable_in_compose_is_explained() -> None:
    explained = read(".env.example")
    used = set(re.findall(r"\$\{(\w+)", read("compose.yaml")))
    assert used
    assert [name for name in sorted(used) if f"{name}=" not in explained] == []


def test_the_markers_and_the_contract_are_as_the_documents_say() -> None:
    assert "slow" in tomllib.loads(read("pyproject.toml"))["tool"]["pytest"]["ini_options"]["markers"][0]
    listed = tomllib.loads(read("scaffolder.toml"))["blocks"]
    assert "README.md" in listed
    for page, blocks in listed.items():
        assert re.findall(r"^(?:<!--|#) measured:([a-z-]+)", read(page), re.MULTILINE) == blocks, page
