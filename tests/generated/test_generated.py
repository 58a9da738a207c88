"""Every combination of choices gives a repository that keeps its own rules."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
import yaml
from support import default_fast, every_combination, name_of

from scaffolder.project.plan import write
from scaffolder.template import catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.render import render

RUFF = Path(sys.executable).with_name("ruff")
COMBINATIONS = pytest.mark.parametrize(("name", "given"), every_combination(), ids=name_of)
PROMISED = [
    "README.md",
    "MODEL_CARD.md",
    "LICENSE",
    "Makefile",
    "tasks.py",
    "pyproject.toml",
    "requirements.lock",
    "requirements-dev.lock",
    "Dockerfile",
    ".dockerignore",
    "compose.yaml",
    ".github/workflows/ci.yml",
    ".pre-commit-config.yaml",
    ".env.example",
    ".gitignore",
    "scaffolder.toml",
    "data/DATASET.md",
    "docs/risk-register.md",
    "docs/monitoring.md",
    "docs/deploy.md",
    "scripts/screenshot.py",
    "scripts/pin.sh",
    ".github/dependabot.yml",
    ".github/workflows/pages.yml",
]
HEADINGS = [
    "Problem",
    "Architecture",
    "Data",
    "Results",
    "Error analysis",
    "Deployment",
    "Limitations and responsible AI",
    "Demo",
]
LACKING = {"llm-eval": {"latency", "drift"}}  # capabilities that a template has not, with a reason
TARGETS = {
    "setup",
    "demo",
    "test",
    "test-all",
    "lint",
    "format",
    "evaluate",
    "report",
    "serve",
    "screenshot",
    "site",
    "pin",
    "check",
    "checklist",
    "image",
    "lock",
    "clean",
}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shelf")


@pytest.fixture
def project(shelf: Path, name: str, given: dict[str, str]) -> Path:
    """The project of a template and its answers; as ten tests look at it, none may change it."""
    folder = shelf / "-".join([name, *given.values()])
    if not folder.exists():
        folder.mkdir()
        template = catalog.bundled(name)
        write(render(template, complete(template, chosen(given))), folder)
    return folder


@pytest.fixture
def own(project: Path, tmp_path: Path) -> Path:
    """A copy for one test."""
    return Path(shutil.copytree(project, tmp_path / "project"))


@pytest.mark.parametrize(("name", "given"), default_fast(), ids=name_of)
def test_python_obeys_the_projects_own_ruff_rules(project: Path) -> None:
    for command in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [RUFF, *command, "--no-cache", "."],
            cwd=project,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stdout + done.stderr


@COMBINATIONS
def test_the_contract_holds(project: Path) -> None:
    assert [path for path in PROMISED if not (project / path).is_file()] == []
    shipped = [path for path in (project / "data").iterdir() if path.suffix != ".md"]
    assert (project / "settings.toml").is_file() == bool(shipped)  # whoever brings data gets the settings for them
    readme = (project / "README.md").read_text()
    assert [title for title in re.findall(r"^## (.+)$", readme, re.MULTILINE) if title in HEADINGS] == HEADINGS
    assert tasks(project).keys() >= TARGETS


def tasks(project: Path) -> dict[str, list[str]]:
    """The targets of `tasks.py`, with what each is for and its steps."""
    tree = ast.parse((project / "tasks.py").read_text())
    (value,) = (
        node.value for node in tree.body if isinstance(node, ast.AnnAssign) and ast.unparse(node.target) == "TASKS"
    )
    read: dict[str, list[str]] = ast.literal_eval(value or "")
    return read


def steps(every: dict[str, list[str]], target: str) -> list[str]:
    """The commands of a target and of those that it needs, in their order."""
    return [line for step in every[target][1:] for line in (steps(every, step) if step in every else [step])]


@COMBINATIONS
def test_make_has_the_targets_of_tasks(project: Path) -> None:
    (line,) = re.findall(r"^TASKS := (.+)$", (project / "Makefile").read_text(), re.MULTILINE)
    every = tasks(project)
    assert sorted(line.split()) == sorted(target for target in every if "/" not in target)
    assert [target for target, (about, *_) in every.items() if "/" not in target and not about] == []
    known = {"chosen", "compile", "copy", "echo", "environment", "install", "remove", "targets", "touch"}
    programs = {step.split()[0] for target in every for step in steps(every, target)} - known
    assert programs <= {"python", "ruff", "mypy", "docker", "sh", "npm", "cyclonedx-py"}, programs


@COMBINATIONS
def test_a_taken_port_is_told_before_anything_is_trained(project: Path) -> None:
    (package,) = (path.name for path in (project / "src").iterdir())
    first, *made, last = (step for step in steps(tasks(project), "serve") if step.startswith("python"))
    assert (first, last) == (f"python -m {package}.serving.config", f"python -m {package} serve")
    assert made


@COMBINATIONS
def test_the_contract_file_tells_what_is_there(project: Path, name: str) -> None:
    told = tomllib.loads((project / "scaffolder.toml").read_text())
    assert (told["contract"], told["template"]) == (1, name)
    for document, blocks in told["blocks"].items():
        assert blocks == re.findall(r"^(?:<!--|#) measured:([a-z-]+)", (project / document).read_text(), re.MULTILINE)
    assert {"README.md", "MODEL_CARD.md"} <= set(told["blocks"])
    reasons = {name: said for name, said in told["capabilities"].items() if said is not True}
    assert set(reasons) <= LACKING.get(name, set())
    assert all(re.fullmatch(r"[A-Z].+\.", said) for said in reasons.values())
    corpus = told.get("corpus")
    assert corpus is None or (project / corpus).is_dir()
    sums = project / "data" / "SHA256SUMS"
    files = [sums] if sums.exists() else list((project / "data").glob("*.gz"))
    assert [hashlib.sha256(file.read_bytes()).hexdigest() for file in files] == [
        *filter(None, [told["data"].get("sha256")])
    ]


@COMBINATIONS
def test_the_checklist_runs_in_ci_and_in_make_check(project: Path) -> None:
    jobs = yaml.safe_load((project / ".github/workflows/ci.yml").read_text())["jobs"]
    assert "scaffolder check" in jobs["checklist"]["steps"][-1]["run"]
    assert tasks(project)["check"][1:] == ["lint", "test", "evaluate", "checklist"]


@pytest.mark.parametrize(("name", "given"), [("classical-ml", {})])  # all have the same rule
def test_make_checklist_shows_the_checklist(project: Path) -> None:
    assert checklist(project, "echo") == "check\n"
    assert checklist(project, "nowhere-to-be-found") == "Skipped: there is no command nowhere-to-be-found here.\n"
    assert "problem" in checklist(project, f"{sys.executable} -m scaffolder")


def checklist(project: Path, command: str) -> str:
    """What `make checklist` prints with this command in the place of `scaffolder`."""
    asked = ["make", "--no-print-directory", "checklist", f"CHECKLIST={command}"]
    return subprocess.run(asked, cwd=project, capture_output=True, text=True, check=True).stdout


def with_environment(project: Path) -> Path:
    """A project with a Python in .venv that writes down what it is asked, a line for each argument."""
    python = project / ".venv/bin/python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\nexit ${CODE:-0}\n")
    python.chmod(0o755)
    shutil.copy(project / "requirements-dev.lock", project / ".venv/.ready")
    return project


def run_tasks(project: Path, *arguments: str, make: bool = False, path: str = "") -> subprocess.CompletedProcess[str]:
    """Run targets by `tasks.py` or by make."""
    command = ["make", "--no-print-directory"] if make else [sys.executable, str(project / "tasks.py")]
    env = os.environ | ({"PATH": path} if path else {})
    return subprocess.run(
        [*command, *arguments], cwd=project if make else "/", env=env, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(("name", "given"), [("llm-eval", {})])  # all have the same engine
def test_targets_run_in_their_order_until_one_fails(own: Path) -> None:
    with_environment(own)
    done = run_tasks(own, "test", "gate", "test")
    bench = ["-m", "bench"]
    assert done.stdout.splitlines() == ["-m", "pytest", *bench, "evaluate", *bench, "gate"], done.stderr
    again = run_tasks(own, "gate")
    assert again.stdout.splitlines() == [*bench, "gate"], "what is there is not made again"
    failed = run_tasks(own, "test", "gate", "CODE=3")
    assert (failed.returncode, failed.stdout.splitlines()) == (3, ["-m", "pytest"])
    assert run_tasks(own, "test", "CODE=3", make=True).returncode == 2
    assert run_tasks(own).stdout == run_tasks(own, "help", make=True).stdout
    unknown = run_tasks(own, "tests")
    assert (unknown.returncode, unknown.stderr) == (2, "There is no target tests: python tasks.py lists them.\n")


@pytest.mark.parametrize(("name", "given"), [("rag-assistant", {})])
def test_what_has_changed_is_made_again(own: Path) -> None:
    with_environment(own)
    asked = ["-m", "assistant", "ask"]
    assert run_tasks(own, "ask").stdout.splitlines() == ["-m", "assistant", "ingest", *asked]
    assert run_tasks(own, "ask").stdout.splitlines() == asked
    document = next((own / "data/corpus").rglob("*.*"))
    later = (own / "artifacts/.ingested").stat().st_mtime + 5
    os.utime(document, (later, later))
    assert run_tasks(own, "ask").stdout.splitlines() == ["-m", "assistant", "ingest", *asked]


@pytest.mark.parametrize(("name", "given"), [("llm-eval", {})])
def test_a_server_is_ended_with_its_target(own: Path) -> None:
    with_environment(own)
    ends = "trap '' TERM; touch ended; exit 5"
    (own / ".venv/bin/python").write_text(f'#!/bin/sh\ntrap "{ends}" TERM\necho began\nsleep 60 >/dev/null &\nwait\n')
    command = [sys.executable, "tasks.py", "report"]
    with subprocess.Popen(command, cwd=own, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "began\n"
        while not (own / "ended").exists():
            process.terminate()
            time.sleep(0.05)
        assert process.wait() == 5


@pytest.mark.parametrize(("target", "program"), [("image", "Docker"), ("lock", "uv"), ("site", "npm of Node.js")])
@pytest.mark.parametrize("make", [True, False])
@pytest.mark.parametrize(("name", "given"), [("classical-ml", {})])
def test_a_program_that_is_not_installed_is_named(own: Path, target: str, program: str, make: bool) -> None:
    with_environment(own)
    (own / "shell").mkdir()
    for tool in ("sh", "make"):
        (own / "shell" / tool).symlink_to(str(shutil.which(tool)))
    done = run_tasks(own, target, f"PYTHON={sys.executable}", make=make, path=str(own / "shell"))
    assert done.returncode == (2 if make else 3)
    assert f"This needs {program} (https://" in done.stderr.splitlines()[0]


FILE = "my file; touch ran $(touch ran) `touch ran` $HOME 'a' \"b\".csv"
COLUMN = "left? $(shell touch ran)"
VALUE = "-yes; touch ran"


@pytest.mark.parametrize("make", [True, False])
@pytest.mark.parametrize(("name", "given"), [("llm-eval", {})])
def test_what_is_typed_for_a_comparison_is_handed_on_as_it_is(own: Path, make: bool) -> None:
    with_environment(own)
    assert run_tasks(own, "evaluate", "reports/metrics.json").returncode == 0
    done = run_tasks(own, "compare", f"A={COLUMN}", f"B={VALUE}", make=make)
    assert done.stdout.splitlines() == ["-m", "bench", "compare", "--", COLUMN, VALUE], done.stderr
    assert not list(own.rglob("ran"))
    missing = run_tasks(own, "compare", "A=x", make=make)
    assert (missing.returncode, missing.stderr.splitlines()[0]) == (
        2,
        "Say B: compare two systems of the last run: make compare A=system B=system",
    )


@pytest.mark.parametrize("make", [True, False])
@pytest.mark.parametrize(("name", "given"), [("mlops-deploy", {})])
def test_what_is_typed_for_a_release_is_handed_on_as_it_is(own: Path, make: bool) -> None:
    with_environment(own)

    def asked(target: str, **given: str) -> list[str]:
        done = run_tasks(own, target, *(f"{key}={value}" for key, value in given.items()), make=make)
        return done.stdout.splitlines()[2:]

    assert asked("deploy", VERSION=VALUE, YES="1") == ["deploy", "--yes", "--", VALUE]
    assert asked("approve", VERSION=VALUE, BY=FILE, REASON=COLUMN) == [
        *("approve", f"--by={FILE}", f"--reason={COLUMN}", "--", VALUE)
    ]
    assert asked("rollback", REASON=FILE) == ["rollback", f"--reason={FILE}"]
    assert asked("train", UNTIL=VALUE, CANDIDATE=FILE) == ["train", f"--until={VALUE}", f"--candidate={FILE}"]
    assert asked("monitor", DAY=COLUMN) == ["monitor", f"--day={COLUMN}"]
    assert asked("lineage", ID=VALUE) == ["lineage", "--", VALUE]
    assert not list(own.rglob("ran"))
    for target, key in (("deploy", "VERSION"), ("approve", "BY"), ("lineage", "ID")):
        missing = run_tasks(own, target, make=make)
        assert (missing.returncode, missing.stderr.startswith(f"Say {key}: ")) == (2, True)


class Router(BaseHTTPRequestHandler):
    """In the place of a running service."""

    def do_GET(self) -> None:
        answer = {"version": "7", "manifest": {"inputs": [{"name": "x", "example": 1}]}, "probability": 0.5}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(answer).encode())

    def do_POST(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


@pytest.mark.slow
@pytest.mark.parametrize("line", ["ROUTER_PORT={}", "ROUTER_PORT='{}'  # and not 8000"])
@pytest.mark.parametrize("name", ["mlops-deploy"])
@pytest.mark.parametrize("given", [{}])
def test_a_smoke_test_asks_the_router_at_its_port(own: Path, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ROUTER_PORT", raising=False)
    with HTTPServer(("127.0.0.1", 0), Router) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        (own / ".env").write_text(line.format(server.server_port) + "\n")
        done = subprocess.run(["make", "smoke"], cwd=own, capture_output=True, text=True, check=False)
        server.shutdown()
    assert (done.returncode, done.stderr) == (0, "ok    version 7\n")
    assert f"http://127.0.0.1:{server.server_port}/health" in done.stdout


@COMBINATIONS
def test_a_fresh_project_claims_no_number_and_asks_its_owner(project: Path) -> None:
    for page in tomllib.loads((project / "scaffolder.toml").read_text())["blocks"]:
        text = (project / page).read_text()
        blocks = re.findall(r"<!-- measured:([a-z-]+) -->\n(.*?)\n?<!-- /measured:\1 -->", text, re.DOTALL)
        assert blocks
        shown = {content for name, content in blocks if name != "picture" or "as the template ships it" not in content}
        assert shown <= {"_Not measured yet: run `make demo`._"}
    asked = set(re.findall(r"TODO\(([a-z]+)\):", (project / "README.md").read_text()))
    assert asked >= {"problem", "errors", "limitations", "live", "changed"}
    assert not (project / "reports" / "metrics.json").exists()


@COMBINATIONS
def test_no_trace_of_the_template_is_left(project: Path) -> None:
    for path in project.rglob("*"):
        if path.suffix in (".md", ".py", ".toml", ".yaml") or path.name == "Makefile":
            text = path.read_text()
            assert "cookiecutter" not in text, path
            assert "{%" not in text, path
