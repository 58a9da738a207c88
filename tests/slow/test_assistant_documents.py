"""rag-assistant with documents of strangers: a folder becomes the project's own, and nothing that is uploaded stops it."""

from __future__ import annotations

import importlib.util
import json
import random
import re
import shutil
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from urllib.error import HTTPError, URLError

import own_documents
import pytest
from projects import Project, environment, generate, run
from selection import digest, everything, picked
from service import serving
from support import PATIENCE
from test_adoption import snapshot

from scaffolder.check.engine.finding import State
from scaffolder.check.report import check

KILLS = 50 if everything() else 10
TAKEN = 25  # hostile documents; all of them with PROOFS=all
OURS = re.compile(r"python|PSF|with statement|docstring|library reference|349|277", re.IGNORECASE)
CODE = {"pyproject.toml", "Makefile", "Dockerfile", "CHANGELOG.md"}  # where Python is the language of the code
SECONDS = 8  # that the service may take for a document, in place of the settings' 60
LOOKS_EACH = 0.05  # seconds between two looks at /health/live
LARGEST = 11_000_000  # bytes of a body; of a larger one, the service hangs up before it has read it
PARTS = ("evaluation-metrics", "recomputed-metrics", "provenance", "figures", "leftovers")


@pytest.fixture
def fresh(library: Project, tmp_path: Path) -> Iterator[Project]:
    """A new project in Git, with the environment of the finished one."""
    project = generate(tmp_path, "rag-assistant", library.python)
    (project.path / ".venv").symlink_to(library.path / ".venv")
    (project.path / ".venv/.ready").touch()  # newer than the lock of this project, which is the same
    yield project
    (project.path / ".venv").unlink()


def committed(project: Project, message: str) -> None:
    run("git", "add", "-A", cwd=project.path)
    run("git", "-c", "user.name=N", "-c", "user.email=n@x", "commit", "-qm", message, cwd=project.path)


def test_a_folder_of_a_stranger_becomes_the_projects_own(fresh: Project, tmp_path: Path) -> None:
    folder = own_documents.write(tmp_path / "papers")
    said = fresh.make("adopt", f"DOCS={folder}", f"TITLE={own_documents.TITLE}", "YES=1")
    assert "photo.png" in said
    assert "broken.pdf" in said
    said = fresh.make("demo")
    assert "the benchmark has no questions so far" in said
    assert "I found no passage" not in said
    assert "Not measured" in fresh.read("README.md")
    fresh.make("benchmark", f"FROM={own_documents.questions(tmp_path / 'questions.csv')}")
    tuned = fresh.make("tune")
    assert "abstain_below" in tuned
    committed(fresh, "My documents")
    fresh.make("demo")
    assert "was asked 15 questions" in fresh.read("README.md")  # 10 are for choices
    assert "Not measured" not in fresh.read("README.md")
    assert "twenty minutes" in fresh.make("ask", "Q=When does a booking lapse?")
    fresh.make("test")
    assert leftovers(fresh) == []
    found = {finding.item: finding for finding in check(fresh.path).findings}
    assert {item: found[item].evidence for item in PARTS if found[item].state is not State.DONE} == {}
    assert {item for item, each in found.items() if each.state in (State.ERROR, State.UNVERIFIED)} == set()


def leftovers(project: Project) -> list[str]:
    """Lines of the texts that still speak of the documents that came with the project."""
    texts = [*project.path.glob("*.md"), *project.path.glob("docs/*.md"), *project.path.glob("data/**/*.md")]
    lines = [(path.name, line) for path in texts for line in path.read_text("utf-8").splitlines()]
    about = [
        f"{name}: {line}"
        for name, line in lines
        if OURS.search(line) and not re.search(r"\.py|python -m|Python 3|Python \|", line)
    ]
    return [*about, *(str(path) for path in (project.path / "data").rglob("*") if "PSF" in path.name)]


@pytest.mark.parametrize(
    ("folder", "title", "says"),
    [
        ("absent", "Papers", "there is no folder"),
        ("empty", "Papers", "is empty"),
        ("unreadable", "Papers", "no document that can be read"),
        ("papers", "", "title"),
        ("papers", "x" * 300, "title"),
    ],
)
def test_what_cannot_be_adopted_changes_nothing(
    fresh: Project, tmp_path: Path, folder: str, title: str, says: str
) -> None:
    own_documents.write(tmp_path / "papers")
    (tmp_path / "empty").mkdir()
    (tmp_path / "unreadable").mkdir()
    (tmp_path / "unreadable/photo.png").write_bytes(b"\x89PNG")
    before = snapshot(fresh)
    said = fresh.make("adopt", f"DOCS={tmp_path / folder}", f"TITLE={title}", "YES=1", code=2)
    assert says in said.lower()
    assert "Traceback" not in said
    assert snapshot(fresh) == before


@pytest.fixture
def copied(library: Project, tmp_path: Path) -> Project:
    """A copy in which documents may be added."""
    path = tmp_path / "copy"
    shutil.copytree(library.path, path, ignore=shutil.ignore_patterns(".venv", "__pycache__", ".git"))
    return Project(path, library.python)


def hostile(project: Project) -> ModuleType:
    """The hostile documents of the project's own tests."""
    spec = importlib.util.spec_from_file_location("hostile", project.path / "tests/hostile.py")
    assert spec
    assert spec.loader
    sys.path.insert(0, str(project.path / "tests"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_uploaded_document_stops_the_service(library: Project, copied: Project) -> None:
    """Each hostile document is taken or refused in words, and all the while the service answers."""
    every: dict[str, tuple[str, Callable[[], bytes]]] = hostile(copied).CASES
    assert len(every) >= 40
    cases = dict(picked(list(every.items()), TAKEN, "rag-assistant"))
    with (copied.path / "settings.toml").open("a") as settings:
        settings.write(f"\n[limits]\ndocument_seconds = {SECONDS}\n")
    stored = passages(copied, library)
    with serving(library, copied.path, "ASSISTANT_PORT", {}) as address, watched(address) as looks:
        for name, (file, made) in cases.items():
            content, before = made(), len(looks)
            status, said = upload(address, file, content)
            seen = len(looks) - before
            print(f"{name}: {status}, alive {seen} times: {said[:120]}")
            assert status in (201, 400, 413, 422), (name, status, said)
            assert "Traceback" not in said
            assert seen or f"longer than {SECONDS} s" not in said, f"{name}: nothing else was answered meanwhile"
            answer = asked(address, "When is a finally clause executed?")
            assert answer["text"], name
        for entry in json.load(urllib.request.urlopen(f"{address}/documents"))["documents"]:
            if entry["id"].startswith("uploads/"):
                request = urllib.request.Request(f"{address}/documents/{quoted(entry['id'])}", method="DELETE")
                urllib.request.urlopen(request)
    assert all(looks)
    assert passages(copied, library) == stored


def quoted(text: str) -> str:
    return urllib.request.quote(text)  # type: ignore[attr-defined,no-any-return]


@contextmanager
def watched(address: str) -> Iterator[list[bool]]:
    """Looks at /health/live all the time; gives whether it answered, for each look so far."""
    looks: list[bool] = []
    ended = threading.Event()

    def look() -> None:
        while not ended.wait(LOOKS_EACH):
            try:
                urllib.request.urlopen(f"{address}/health/live", timeout=PATIENCE).read()
                looks.append(True)
            except (URLError, OSError):
                looks.append(False)

    watcher = threading.Thread(target=look)
    watcher.start()
    try:
        yield looks
    finally:
        ended.set()
        watcher.join()


def upload(address: str, name: str, content: bytes) -> tuple[int, str]:
    edge = "edge-of-the-parts"
    shown = name.encode("utf-8", "replace").decode("utf-8").replace('"', "%22")
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{shown}"\r\n'
    body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + f"\r\n--{edge}--\r\n".encode()
    headers = {"content-type": f"multipart/form-data; boundary={edge}"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{address}/documents", body, headers), timeout=PATIENCE
        ) as done:
            return done.status, done.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()
    except URLError:
        assert len(body) > LARGEST, name
        return 413, "hung up"


def asked(address: str, question: str) -> dict[str, str]:
    body = json.dumps({"question": question}).encode()
    request = urllib.request.Request(f"{address}/ask", body, {"content-type": "application/json"})
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:
        found: dict[str, str] = json.load(answer)
        return found


STATE = """
from assistant.settings import load_settings
from assistant.wiring import open_index

store = open_index(load_settings()).store
listed = store.documents()
print(store.fingerprint() is not None, [(one.id, one.digest, one.chunks) for one in listed])
assert all(len(store.document(one.id).text) for one in listed)
"""


def passages(copied: Project, library: Project) -> str:
    """What the index holds, read by the project itself."""
    return run(library.path / ".venv/bin/python", "-c", STATE, cwd=copied.path, env=in_copy(copied))


def in_copy(copied: Project) -> dict[str, str]:
    return {**environment(), "PYTHONPATH": str(copied.path / "src")}


def test_a_killed_ingest_leaves_the_index_as_it_was_or_as_it_will_be(library: Project, copied: Project) -> None:
    python = library.path / ".venv/bin/python"
    command = [str(python), "-m", "assistant", "ingest"]
    before = passages(copied, library)
    page = copied.path / "data/corpus/statements/with.md"
    texts = [page.read_text(), page.read_text() + "\n## Added\n\n" + "One more sentence is here. " * 400]
    seconds = [0.0, 0.0]  # that each way takes: the longer text to index, and the shorter one again
    known = {0: before}
    for current in (1, 0, 1):
        page.write_text(texts[current])
        started = time.monotonic()
        run(*command, cwd=copied.path, env=in_copy(copied))
        seconds[current] = time.monotonic() - started
        known[current] = passages(copied, library)
    chance = random.Random(digest("rag-assistant"))
    cut_short = 0
    for _ in range(KILLS):
        page.write_text(texts[1 - current])
        process = subprocess.Popen(command, cwd=copied.path, env=in_copy(copied), stdout=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3, 1.1) * seconds[1 - current])
        process.kill()
        process.wait()
        found = passages(copied, library)
        assert found in known.values()
        cut_short += found == known[current]
        run(*command, cwd=copied.path, env=in_copy(copied))
        current = 1 - current
        assert passages(copied, library) == known[current]
    print(f"{cut_short} of {KILLS} kills came before the end")
    assert cut_short
