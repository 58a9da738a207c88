"""What mlops-deploy promises beyond its drill: the top of the ladder, its slow tests, its server twin, own rows."""

from __future__ import annotations

import json
import re
import shutil
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import own_rows
import pytest
from mlflow_server import Server, mlflow
from projects import Project, free_ports, generate, run, scaffolder
from selection import named, of, picked, thorough
from sites import Callers, Site, bookings, lines, until
from support import commit_all, git

from scaffolder.check.examine import check
from scaffolder.results.finding import Level

OWN_TESTS = 10  # at least
MODEL = "cancellation"


@pytest.mark.parametrize("finished", of("mlops-deploy")[:1], ids=named, indirect=True)
def test_filled_in_and_committed_it_lacks_only_its_owners_own_work(
    filled: Project, hotel: Project, tmp_path: Path
) -> None:
    """Its reports are made anew after the commit, which they name. Up to the highest level, nothing else is open."""
    folder = Path(shutil.copytree(filled.path, tmp_path / "project"))
    assert check(hotel.path).level is None, "its questions are open"
    (folder / ".venv").symlink_to(hotel.path / ".venv")
    commit_all(folder)
    site = Site(folder, hotel.path / ".venv/bin/python", free_ports(3))
    site.service("evaluate")
    site.service("report")
    commit_all(folder)
    left = [finding.item for finding in check(folder).open(Level.OPERATOR)]
    assert left == ["own-data-or-experiment", "own-tests"]


def test_the_latency_is_measured_and_no_request_lost(site: Site) -> None:
    before = site.rows("SELECT count(*) FROM predictions")
    site.service("load")
    measured = json.loads((site.folder / "reports/load.json").read_text("utf-8"))
    assert {(one["request"], one["users"]) for one in measured["results"] if one["answers"]} == {
        (name, users) for name in ("predict", "constant endpoint") for users in (1, 8)
    }
    assert all(0 < one["p50"] <= one["p95"] <= one["p99"] for one in measured["results"])
    assert sum(one["failures"] for one in measured["results"]) == 0
    assert site.rows("SELECT count(*) FROM predictions") == before, "the load is no booking"


def its_own_slow_tests_pass(site: Site, _: Path) -> None:
    """Among them: SIGKILL of the deployer at every step, with real processes and traffic."""
    said = run(
        *(site.python, "-m", "pytest", "-m", "slow", "-vv", "-p", "no:cacheprovider"), cwd=site.folder, env=site.env
    )
    passed = re.search(r"(\d+) passed", said)
    assert passed, said
    assert int(passed[1]) >= OWN_TESTS
    assert said.count("test_sigkill_at_every_step") >= 2
    assert "skipped" not in said


def versions_live_on_an_mlflow_server(finished: Site, folder: Path) -> None:
    default = Project(finished.folder, str(finished.python))
    with mlflow(default, folder) as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("MLFLOW_TRACKING_URI", server.address)
        project = generate(folder / "served", "mlops-deploy", default.python, registry="server")
        site = Site(project.path, finished.python, free_ports(3))
        try:
            train_and_release(site, server, bookings(finished))
            assert not (site.folder / "registry").exists()
            trace(site)
            without_the_server(site, server)
        finally:
            site.service("down")


def train_and_release(site: Site, server: Server, bodies: list[str]) -> None:
    assert "Registered version 1" in site.service("train")
    assert "Version 1 is the champion" in site.service("deploy", "--yes", "1")
    assert server.aliases(MODEL) == {"champion": "1"}
    assert "Registered version 1" in site.service("train"), "the same model is the same version"
    assert "Registered version 2" in site.service("train", "--until=2015-12-01", "--candidate=logistic_log")
    file = site.folder / "settings.toml"  # no outcome comes, so a person answers for it
    file.write_text(re.sub("(?m)^most_days = [0-9]+", "most_days = 0", file.read_text("utf-8")), "utf-8")
    site.service("approve", "--override", "--by=Ines", "--reason=no outcomes here", "2")
    with Callers(site.port, bodies) as callers:
        assert "Version 2 is the champion" in site.service("deploy", "--yes", "2")
    assert "Ines" in next(line["why"] for line in site.log() if line["action"] == "overridden")
    assert callers.lost() == []
    assert server.aliases(MODEL) == {"champion": "2", "previous": "1"}


def trace(site: Site) -> None:
    name = predicted(site)["id"]
    until(lambda: site.rows("SELECT id FROM predictions WHERE id = ?", name), "the answer is stored")
    told = site.service("lineage", name)
    assert re.search(r"^version +2, logistic_log \(now: champion\)$", told, re.MULTILINE), told
    assert re.search(r"^model +SHA-256 [0-9a-f]{64}$", told, re.MULTILINE), told


def without_the_server(site: Site, server: Server) -> None:
    server.stop()
    assert "MLflow server" in site.service("deploy", "--yes", "1", code=2)
    until(lambda: "registry" in site.ask("champion", "/health"), "/health says that the registry is gone")
    assert predicted(site)["model_version"] == "2", "what is loaded goes on answering"


def predicted(site: Site) -> dict[str, Any]:
    row = {one["name"]: one["example"] for one in site.ask("champion", "/model")["manifest"]["inputs"]}
    body = json.dumps(row).encode()
    with urlopen(Request(f"{site.address('router')}/predict", body, {"content-type": "application/json"})) as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def own_rows_are_released_and_watched(finished: Site, folder: Path) -> None:
    scaffolder("new", "mlops-deploy", "parcels", "-o", folder, "--yes", "--git", *own_rows.options(folder))
    project = Project(folder / "parcels", str(finished.python))
    site = Site(project.path, finished.python, free_ports(3))
    for command in ("drill", "evaluate", "report"):
        site.service(command)
    asked = lines(site.folder / "var/client.jsonl")
    assert {line["status"] for line in asked} == {200}
    assert len(asked) == len({line["id"] for line in asked}) >= own_rows.ROWS / 2
    actions = [line["action"] for line in site.log()]
    assert (actions.count("rolled back"), actions[-1]) == (1, "finished")
    assert site.rows("SELECT count(*) > 0 FROM alerts") == [(1,)], "the drift in these rows is found"
    its_own_tests_pass(site)
    assert words_of_ours(project) == []


def own_rows_come_later(finished: Site, folder: Path) -> None:
    """Into a project that has run; its registry and its answers are about other rows, so they go."""
    git(finished.folder, "add", "--all")
    git(finished.folder, "commit", "--quiet", "--message", "Work")
    adopt = ["adopt", finished.folder, "--yes", *own_rows.options(folder)]
    finished.service("up")
    assert "A process of this project runs" in scaffolder(*adopt, code=2)
    assert predicted(finished)["model_version"]
    finished.service("down")
    scaffolder(*adopt)
    assert not (finished.folder / "registry/registry.db").exists()
    assert not (finished.folder / "reports/metrics.json").exists()
    assert "Registered version 1" in finished.service("train")
    assert "Version 1 is the champion" in finished.service("deploy", "--yes", "1")
    assert predicted(finished)["model_version"] == "1"
    finished.service("down")
    its_own_tests_pass(finished)
    project = Project(finished.folder, str(finished.python))
    assert {path for path, _ in words_of_ours(project)} == {"scaffolder.toml"}, "there the checklist finds them"


def its_own_tests_pass(site: Site) -> None:
    run(site.python, "-m", "pytest", "-p", "no:cacheprovider", cwd=site.folder, env=site.env)


def words_of_ours(project: Project) -> list[tuple[str, str]]:
    """The lines of the repository with a word of the bookings; its address may have one."""
    address = tomllib.loads(project.read("pyproject.toml"))["project"]["name"]
    texts = [path for path in git(project.path, "ls-files").splitlines() if not path.endswith(".gz")]
    assert len(texts) > 100
    named = re.compile(r"hotel|booking|booked|Lisbon|Portugal|Algarve|lead_time|cancelled", re.IGNORECASE)
    lines = [(path, line) for path in texts for line in project.read(path).replace(address, "").splitlines()]
    return [(path, line) for path, line in lines if named.search(line)]


# Each takes minutes: one of them, or all if each choice is taken.
PROOFS = [
    its_own_slow_tests_pass,
    versions_live_on_an_mlflow_server,
    own_rows_are_released_and_watched,
    own_rows_come_later,
]
PROOFS = PROOFS if thorough("mlops-deploy") else picked(PROOFS, 1, "mlops-deploy")


@pytest.mark.long
@pytest.mark.parametrize("proof", PROOFS, ids=lambda proof: proof.__name__)
def test_beyond_its_drill(proof: Callable[[Site, Path], None], site: Site, tmp_path: Path) -> None:
    proof(site, tmp_path)
