"""The frozen benchmark: cases in JSON lines, known by their hash, divided into splits."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from .errors import BenchError
from .evaluation.evidence import Evidence
from .matrix import known
from .reporting.metrics import write_text
from .reporting.run import commit
from .settings import FILE, Kind, Settings, Task, load_settings, problem

Split = Literal["train", "dev", "test"]
Text = Annotated[str, Field(min_length=1)]

ACCESS_LOG = Path("reports/test-access.jsonl")  # each reading of the test cases, for good
MOST_ERRORS = 20  # of a file, in one message


class Case(BaseModel):
    """One case of any task. Fields beside those of its task may serve as slices."""

    model_config = ConfigDict(extra="allow", frozen=True)

    id: Text
    split: Split

    def slice(self, field: str) -> str:
        """The value of a field, as the name of a slice; a field may be called like a method, such as copy."""
        value = {**self.__dict__, **(self.model_extra or {})}.get(field)
        return "" if value is None else str(value)


class Question(Case):
    """Without evidence, the documents do not answer it."""

    question: Text
    evidence: tuple[Evidence, ...] = ()

    @property
    def text(self) -> str:
        return self.question

    @property
    def gold(self) -> str:
        return " | ".join(f"{one.document}: {one.quote}" for one in self.evidence)


class Labelled(Case):
    text: Text
    label: Text

    @property
    def gold(self) -> str:
        return self.label


AnyCase = Question | Labelled
KINDS: dict[Kind, type[Question] | type[Labelled]] = {"search": Question, "classify": Labelled}


def load(kind: Kind, task: Task, root: Path = Path()) -> list[AnyCase]:
    """The cases of a task.

    Raises:
        BenchError: the file cannot be read or breaks the format, or no case has the field of a slice.
    """
    cases = parse(kind, read_bytes(root / task.file), root / task.file)
    fields = sorted({field for case in cases for field in case.model_fields_set})
    for name in task.slices:
        known(name, fields, f"settings.toml: tasks.{kind}: slices")
    return cases


def check_frozen(settings: Settings, root: Path = Path()) -> str:
    """The hash of the whole benchmark, if every file is the one that was frozen.

    Raises:
        BenchError: a file has changed, is missing, or is not listed: new numbers could not be compared with old ones.
    """
    path = root / settings.data.file
    frozen, now = read_bytes(path), _sums(settings, root)
    different = set(now.decode().splitlines()) ^ set(frozen.decode("utf-8", "replace").splitlines())
    changed = sorted({(path.parent / line[66:]).as_posix() for line in different if line})
    digest = hashlib.sha256(frozen).hexdigest()
    if changed or digest != settings.data.sha256:
        raise BenchError(
            f"{', '.join(changed[:MOST_ERRORS]) or path} is not what was frozen in {path} and settings.toml. Restore "
            "it or, if the change is meant, freeze the benchmark anew with `make freeze`"
        )
    return digest


def freeze(root: Path = Path()) -> str:
    """Write the list of hashes, and its own hash into the settings; returns that."""
    settings = load_settings(root / FILE)
    sums = _sums(settings, root)
    digest = hashlib.sha256(sums).hexdigest()
    write_text(root / settings.data.file, sums.decode())
    write_text(root / FILE, (root / FILE).read_text(encoding="utf-8").replace(settings.data.sha256, digest))
    return digest


def _sums(settings: Settings, root: Path) -> bytes:
    """The hashes of all files that the tasks read, as sha256sum writes them in the folder of the list."""
    paths = [root / task.file for task in settings.tasks.values()]
    paths += [path for task in settings.tasks.values() if task.documents for path in documents(root / task.documents)]
    folder = (root / settings.data.file).parent
    for path in paths:
        if not path.is_relative_to(folder):
            raise BenchError(f"{path} must lie in {folder}, with the list of hashes; move it and correct settings.toml")
    files = {path.relative_to(folder).as_posix(): read_bytes(path) for path in paths}
    return "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files)).encode()


def documents(folder: Path) -> list[Path]:
    """The documents below a folder, in order."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in {".md", ".txt"})


def parse(kind: Kind, content: bytes, path: Path) -> list[AnyCase]:
    """The cases in the lines of a file.

    Raises:
        BenchError: lines break the format or an id is used twice; the message has up to `MOST_ERRORS` of them.
    """
    cases: list[AnyCase] = []
    problems: list[str] = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            cases.append(KINDS[kind].model_validate_json(line))
        except ValidationError as error:
            problems.append(f"{path}:{number}: {problem(error)}")
    times = Counter(case.id for case in cases)
    problems += [f"{path}: the id {name!r} is used {count} times" for name, count in times.items() if count > 1]
    if not {"dev", "test"} <= {case.split for case in cases} and not problems:
        problems.append(f"{path}: there must be cases of the splits dev and test")
    if problems:
        rest = len(problems) - MOST_ERRORS
        raise BenchError("\n".join(problems[:MOST_ERRORS] + ([f"and {rest} more"] if rest > 0 else [])))
    return cases


def fewer(cases: Sequence[AnyCase], count: int | None) -> list[AnyCase]:
    """`count` of the cases, chosen by the hash of their ids and so the same ones each time; all if None."""
    ids = {case.id for case in sorted(cases, key=lambda case: hashlib.sha256(case.id.encode()).digest())[:count]}
    return [case for case in cases if case.id in ids]


def log_access(command: str, benchmark: str, path: Path = ACCESS_LOG) -> None:
    """Note that the test cases of a benchmark, named by its hash, are read."""
    line = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": command,
        "commit": commit(),
        "benchmark_sha256": benchmark,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def accesses(benchmark: str, path: Path = ACCESS_LOG) -> int:
    """How often the test cases of a benchmark have been read.

    The more often choices are made after a look at the test cases, the less their numbers say about other cases.
    """
    return path.read_text(encoding="utf-8").count(benchmark) if path.exists() else 0


def read_bytes(path: Path) -> bytes:
    """The content of a file.

    Raises:
        BenchError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BenchError(f"{path} cannot be read: {error.strerror}; restore it, or correct its path") from None
