"""Every combination of choices gives a repository that keeps its own rules."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
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
    assert set(re.findall(r"^([a-z-]+):.*##", (project / "Makefile").read_text(), re.MULTILINE)) >= TARGETS


@COMBINATIONS
def test_a_taken_port_is_told_before_anything_is_trained(project: Path) -> None:
    done = subprocess.run(["make", "--dry-run", "serve"], cwd=project, capture_output=True, text=True, check=True)
    (package,) = (path.name for path in (project / "src").iterdir())
    first, *made, last = re.findall(rf"-m {package}[. ]([\w.]+)", done.stdout)
    assert (first, last) == ("serving.config", "serve")
    assert made, done.stdout


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
    assert re.search(r"^check:.* checklist\b", (project / "Makefile").read_text(), re.MULTILINE)
    assert checklist(project, "echo") == "check\n"
    assert checklist(project, "nowhere-to-be-found").startswith("Checklist skipped")


@pytest.mark.parametrize(("name", "given"), [("classical-ml", {})])  # all have the same rule
def test_make_checklist_shows_the_checklist(project: Path) -> None:
    assert "problem" in checklist(project, f"{sys.executable} -m scaffolder")


def checklist(project: Path, command: str) -> str:
    """What `make checklist` prints with this command in the place of `scaffolder`."""
    asked = ["make", "--no-print-directory", "checklist", f"CHECKLIST={command}"]
    return subprocess.run(asked, cwd=project, capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize(("name", "given"), [(name, {}) for name in catalog.names()], ids=name_of)
@pytest.mark.parametrize(("code", "reports"), [(0, True), (1, True), (2, False)])
def test_what_was_measured_is_reported_also_after_a_failed_gate(own: Path, code: int, reports: bool) -> None:
    """With a program in the package's place that writes down what it is asked, and whose `evaluate` gives `code`.

    Where `demo` is one step, the program names the gate, and the tests of the project prove that it reports.
    """
    program = own / "program"
    program.write_text(f'#!/bin/sh\necho "$1" >> asked\ncase "$1" in evaluate|demo) exit {code} ;; esac\n')
    program.chmod(0o755)
    (own / ".venv").mkdir()
    (own / ".venv/.ready").touch()
    (own / "ready").touch()
    for target in ("evaluate", "demo"):
        (own / "asked").write_text("")
        command = ["make", target, "RUN=./program", "READY=ready", "SIMULATED="]
        done = subprocess.run(command, cwd=own, capture_output=True, text=True, check=False)
        asked = (own / "asked").read_text().split()
        assert (done.returncode == 0) == (code == 0)
        assert asked == ["demo"] or ("evaluate" in asked, "report" in asked) == (True, reports)
        assert ("A gate failed" in done.stderr) == (code == 1 and asked != ["demo"])


@pytest.mark.parametrize(("target", "program"), [("image", "Docker"), ("lock", "uv")])
@pytest.mark.parametrize(("name", "given"), [("classical-ml", {})])
def test_a_program_that_is_not_installed_is_named(own: Path, target: str, program: str) -> None:
    (own / "ready").touch()
    (own / "shell").mkdir()
    (own / "shell/sh").symlink_to("/bin/sh")
    command = [str(shutil.which("make")), "--no-print-directory", target, "READY=ready"]
    done = subprocess.run(
        command, cwd=own, env={"PATH": str(own / "shell")}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stderr.startswith(f"make {target} needs {program} (https://")


FILE = "my file; touch ran $(touch ran) `touch ran` $HOME 'a' \"b\".csv"
COLUMN = "left? $(shell touch ran)"
VALUE = "-yes; touch ran"


def handed_on(project: Path, target: str, **given: str) -> subprocess.CompletedProcess[str]:
    """What make prints if the project's Python writes down what it is asked, a line for each argument."""
    python = project / ".venv/bin/python"
    python.parent.mkdir(parents=True, exist_ok=True)
    for path in (project / ".venv/.ready", project / "ready"):
        path.touch()
    python.write_text("#!/bin/sh\nprintf '%s\\n' \"$@\"\n")
    python.chmod(0o755)
    command = [
        "make",
        "--no-print-directory",
        target,
        "READY=ready",
        *(f"{key}={value}" for key, value in given.items()),
    ]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


@pytest.mark.parametrize("name", ["llm-eval"])
@pytest.mark.parametrize("given", [{}])
def test_what_is_typed_for_a_comparison_is_handed_on_as_it_is(own: Path) -> None:
    assert handed_on(own, "compare", A=COLUMN, B=VALUE).stdout.splitlines()[3:] == ["--", COLUMN, VALUE]
    assert not list(own.rglob("ran"))
    missing = handed_on(own, "compare", A="x")
    assert (missing.returncode, missing.stderr.startswith("Say which")) == (2, True)


@pytest.mark.parametrize("name", ["mlops-deploy"])
@pytest.mark.parametrize("given", [{}])
def test_what_is_typed_for_a_release_is_handed_on_as_it_is(own: Path) -> None:
    def asked(target: str, **given: str) -> list[str]:
        return handed_on(own, target, **given).stdout.splitlines()[2:]

    assert asked("deploy", VERSION=VALUE, YES="1") == ["deploy", "--yes", "--", VALUE]
    assert asked("approve", VERSION=VALUE, BY=FILE, REASON=COLUMN) == [
        *("approve", f"--by={FILE}", f"--reason={COLUMN}", "--", VALUE)
    ]
    assert asked("rollback", REASON=FILE) == ["rollback", f"--reason={FILE}"]
    assert asked("train", UNTIL=VALUE, CANDIDATE=FILE) == ["train", f"--until={VALUE}", f"--candidate={FILE}"]
    assert asked("monitor", DAY=COLUMN) == ["monitor", f"--day={COLUMN}"]
    assert asked("lineage", ID=VALUE) == ["lineage", "--", VALUE]
    assert not list(own.rglob("ran"))
    for target, given in (("deploy", {}), ("approve", {"VERSION": "1"}), ("lineage", {})):
        missing = handed_on(own, target, **given)
        assert (missing.returncode, missing.stderr.startswith("Say which")) == (2, True)


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
