"""rag-assistant with documents of strangers: a folder becomes the project's own, and nothing that is uploaded stops it."""

from __future__ import annotations

import json
import re
import shutil
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError, URLError

import own_documents
import pytest
from projects import Lend, Project, environment, generate, run, scaffolder
from selection import picked
from service import serving
from support import PATIENCE, git

from scaffolder.check.examine import check
from scaffolder.results.finding import State

TAKEN = 15  # hostile documents; all of them with PROOFS=all
OURS = re.compile(r"python|PSF|with statement|docstring|library reference|\b(?:349|277)\b", re.IGNORECASE)
SECONDS = 3  # that the service may take for a document, in place of the settings' 60
LOOKS_EACH = 0.05  # seconds between two looks at /health/live
LARGEST = 11_000_000  # bytes of a body; of a larger one, the service hangs up before it has read it
PARTS = ("evaluation-metrics", "recomputed-metrics", "provenance", "figures")


def own_data(folder: Path, *, asked: bool = True) -> list[object]:
    """The options that name a stranger's papers, perhaps with questions, and say what the stranger knows of them."""
    questions = ["--questions", own_documents.questions(folder / "questions.csv")] if asked else []
    about = ["--about", f"title={own_documents.TITLE}", "--about", "licence=Own papers of the club"]
    return ["--data", own_documents.write(folder / "papers"), *questions, *about]


@pytest.mark.long
def test_a_folder_of_a_stranger_is_a_project_from_the_first_command(
    lend: Lend, library: Project, tmp_path: Path
) -> None:
    said = scaffolder("new", "rag-assistant", "rowing", "-o", tmp_path, "--yes", "--git", *own_data(tmp_path))
    assert "photo.png" in said
    assert "Questions: 25 of 25 rows, 5 of them unanswerable" in said
    project = lend(tmp_path / "rowing", library)
    said = project.make("demo")
    assert "Refused: broken.pdf" in said
    assert "Not asked" not in said
    readme = project.read("README.md")
    assert "was asked 15 questions" in readme  # 10 are for choices
    assert own_documents.TITLE in readme
    assert "Not measured" not in readme
    assert "twenty minutes" in project.make("ask", "Q=When does a booking lapse?")
    assert "abstain_below" in project.make("tune")
    project.make("test", "lint")
    project.make("benchmark")
    assert git(project.path, "status", "--porcelain", "--", "data") == ""
    assert leftovers(project) == []
    found = {finding.item: finding for finding in check(project.path).findings}
    assert {item: found[item].evidence for item in PARTS if found[item].state is not State.DONE} == {}
    assert {item for item, each in found.items() if each.state in (State.ERROR, State.UNVERIFIED)} == set()


@pytest.mark.long
def test_documents_come_into_a_project_first_and_questions_later(lend: Lend, library: Project, tmp_path: Path) -> None:
    project = lend(generate(tmp_path, "rag-assistant", library.python).path, library)
    project.make("demo")
    committed(project, "A first run")
    scaffolder("adopt", project.path, "--yes", *own_data(tmp_path, asked=False))
    assert leftovers(project) == []
    said = project.make("demo")
    assert "the benchmark has no questions so far" in said
    assert "I found no passage" not in said
    assert "Not measured" in project.read("README.md")
    committed(project, "My documents")
    questions = own_documents.questions(tmp_path / "questions.csv")
    scaffolder("adopt", project.path, "--yes", "--data", tmp_path / "papers", "--questions", questions)
    project.make("demo")
    assert "was asked 15 questions" in project.read("README.md")
    project.make("test")


def committed(project: Project, message: str) -> None:
    git(project.path, "add", "-A")
    git(project.path, "commit", "-qm", message)


def leftovers(project: Project) -> list[str]:
    """Lines of the texts that still speak of the documents that came with the project."""
    texts = [*project.path.glob("*.md"), *project.path.glob("docs/*.md"), *project.path.glob("data/**/*.md")]
    lines = [(path.name, line) for path in texts for line in path.read_text("utf-8").splitlines()]
    assert len(lines) > 500
    about = [
        f"{name}: {line}"
        for name, line in lines
        if OURS.search(line) and not re.search(r"\.py|python -m|Python 3|Python \||^By .* Built with Python, ", line)
    ]
    return [*about, *(str(path) for path in (project.path / "data").rglob("*") if "PSF" in path.name)]


@pytest.fixture
def copied(library: Project, tmp_path: Path) -> Project:
    """A copy in which documents may be added."""
    path = tmp_path / "copy"
    shutil.copytree(library.path, path, ignore=shutil.ignore_patterns(".venv", "__pycache__", ".git"))
    return Project(path, library.python)


@pytest.mark.long
def test_no_uploaded_document_stops_the_service(library: Project, copied: Project) -> None:
    """Each hostile document is taken or refused in words, and all the while the service answers."""
    every: dict[str, tuple[str, Callable[[], bytes]]] = own_documents.HOSTILE.CASES
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
            assert status in (202, 400, 413, 422), (name, status, said)
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
    """The status, and what has become of the file in the end."""
    edge = "edge-of-the-parts"
    shown = name.encode("utf-8", "replace").decode("utf-8").replace('"', "%22")
    head = f'--{edge}\r\nContent-Disposition: form-data; name="file"; filename="{shown}"\r\n'
    body = head.encode() + b"Content-Type: application/octet-stream\r\n\r\n" + content + f"\r\n--{edge}--\r\n".encode()
    headers = {"content-type": f"multipart/form-data; boundary={edge}"}
    try:
        with urllib.request.urlopen(
            urllib.request.Request(f"{address}/documents", body, headers), timeout=PATIENCE
        ) as done:
            return done.status, ended(address + json.load(done)["progress"])
    except HTTPError as error:
        return error.code, error.read().decode()
    except URLError:
        assert len(body) > LARGEST, name
        return 413, "hung up"


def ended(progress: str) -> str:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        with urllib.request.urlopen(progress, timeout=PATIENCE) as answer:
            found = json.load(answer)
        if found["document"] or found["error"]:
            return str(found["error"] or "indexed")
        time.sleep(LOOKS_EACH)
    raise AssertionError(f"{progress} has no end")


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
