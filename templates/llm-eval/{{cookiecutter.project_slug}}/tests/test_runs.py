import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import encoders, errors, runner, runs
from bench.benchmark import AnyCase
from bench.embedding.base import Vectors
from bench.matrix import System
from bench.tasks.search import Search
from toy import Words, edit, run, write

SYSTEMS = """\
chunker.small = { size = 120, overlap = 0 }
chunker.large = { size = 300, overlap = 0 }
retriever.bm25 = { kind = "bm25" }
classifier.majority = { kind = "majority" }
classifier.rules = { kind = "rules", rules = [{ label = "Tool", words = ["hammer"] }] }

[experiments.retrievers]
task = "search"
question = "?"
factor = "chunker"
baseline = "small"
candidate = "large"
grid = { retriever = ["bm25"], chunker = ["small", "large"] }

[experiments.prompts]
task = "classify"
question = "?"
factor = "classifier"
baseline = "majority"
candidate = "rules"
grid = { classifier = ["majority", "rules"] }
"""
KILLED = """
import itertools, os, signal, sys
from bench import __main__, runs
line, rows = runs.line, itertools.count()
def mortal(part):
    if next(rows) == int(sys.argv[1]):
        os.kill(os.getpid(), getattr(signal, "SIGKILL", signal.SIGTERM))
    return line(part)
runs.line = mortal
__main__.main(["evaluate"])
"""


def answers(*, resume: bool = False) -> list[runs.Row]:
    """The rows of a test run, without what the clock says."""
    return [row.model_copy(update={"ms": 0}) for row in run(resume=resume)[0].rows]


def test_a_run_that_was_killed_goes_on_after_the_last_finished_system(
    fresh: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(Path("systems.toml"), SYSTEMS)
    whole = answers()
    runs.UNFINISHED.unlink()
    environment = {**os.environ, "PYTHONPATH": str(Path(runs.__file__).parents[1])}
    command = [sys.executable, "-c", KILLED, str(len(whole) // 2)]
    assert subprocess.run(command, env=environment, check=False).returncode not in (0, 1, 2)
    assert 0 < runs.UNFINISHED.read_bytes().count(b"\n") < len(whole)
    capsys.readouterr()
    assert answers(resume=True) == whole
    begun = [line.split(":")[0].strip() for line in capsys.readouterr().out.splitlines()]
    assert begun == [*dict.fromkeys(row.system for row in whole)][-len(begun) :]
    assert 0 < len(begun) < 4
    assert answers(resume=True) == whole
    assert capsys.readouterr().out == ""
    edit("systems.toml", "hammer", "saw")
    with pytest.raises(errors.BenchError, match="of a run with other cases or systems; start anew, without --resume"):
        answers(resume=True)


def test_systems_take_turns_at_each_case_and_the_median_of_their_times_counts(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered: list[tuple[str, str]] = []

    def answer(_: Search, system: System, cases: list[AnyCase], *__: object) -> Iterator[runs.Row]:
        for case in cases:
            answered.append((case.id, system.name))
            turn = answered.count((case.id, system.name))
            yield runs.Row(system=system.name, case=case.id, output="", scores={}, ms=(900, 1, 2)[turn - 1])

    monkeypatch.setattr(Search, "run", answer)
    rows = [row for row in run("dev")[0].rows if (row.case, row.system) in answered]
    names = {row.system for row in rows}
    assert {row.ms for row in rows} == {2}
    assert len(rows) == len(answered) / 3 == 12 * len(names)
    for start in range(0, len(answered), len(names)):
        turn = answered[start : start + len(names)]
        assert {name for _, name in turn} == names
        assert len({case for case, _ in turn}) == 1
    assert len({tuple(name for _, name in answered[start : start + 5]) for start in range(0, 60, 5)}) > 1


def test_only_a_fixed_part_of_many_cases_is_answered_three_times(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[str] = []

    def answer(_: Search, system: System, cases: list[AnyCase], *__: object) -> Iterator[runs.Row]:
        for case in cases:
            answered.append(case.id)
            yield runs.Row(system=system.name, case=case.id, output="", scores={}, ms=1)

    monkeypatch.setattr(Search, "run", answer)
    monkeypatch.setattr(runner, "TIMED", 4)
    rows = [row for row in run("dev")[0].rows if row.case in answered]
    systems = len({row.system for row in rows})
    assert sorted(answered.count(case) for case in set(answered)) == [systems] * 8 + [3 * systems] * 4


def test_each_timed_answer_embeds_its_question_anew(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded: list[str] = []

    class Counted(Words):
        def embed(self, texts: list[str]) -> Vectors:
            embedded.extend(texts)
            return super().embed(texts)

    monkeypatch.setattr(encoders, "embedder", lambda _: Counted())
    run("dev")
    systems = ("dense/headings", "hybrid/headings", "bm25/headings/sentences", "hybrid/headings/sentences")
    assert embedded.count("What does the badger like?") == 3 * len(systems)


def test_the_parts_of_an_interrupted_run_are_one_reading_and_their_seconds_add_up(fresh: Path) -> None:
    write(Path("systems.toml"), SYSTEMS)
    began = run()[0].header
    day_ago = time.time() - 86_400
    header = began.model_copy(update={"run": None, "started": datetime.fromtimestamp(day_ago, UTC), "paused": 7.0})
    for _ in range(2):
        runs.write(runs.Run(header, []), runs.UNFINISHED)
        os.utime(runs.UNFINISHED, (day_ago + 107, day_ago + 107))  # its last row: 100 seconds of work, 7 of waiting
        here = time.monotonic()
        found, _, readings = run(resume=True)
        assert found.header.run
        assert 99 < found.header.run.seconds < 101 + time.monotonic() - here
        assert datetime.fromisoformat(found.header.run.started_at).timestamp() == pytest.approx(day_ago, abs=2)
        assert readings == 1


def test_parts_from_several_interrupted_runs_never_count_as_a_finished_system(published: Path) -> None:
    found = runs.read(runs.LATEST)
    rows, expected = found.by_system["bm25/headings"], {"bm25/headings": 12}
    for part, resume in ((rows[:5], False), (rows[:7], True), (rows, True)):
        with runs.recording(found.header, expected, resume=resume) as (done, file):
            assert done == {}
            file.writelines(map(runs.line, part))
    with runs.recording(found.header, expected, resume=True) as (done, _):
        assert done == {"bm25/headings": rows}


def test_a_run_survives_its_file_and_a_line_that_was_cut_off_is_left_out_on_demand(published: Path) -> None:
    found, again = runs.read(runs.LATEST), Path("again.jsonl")
    runs.write(found, again)
    assert runs.read(again) == found
    assert again.read_bytes() == runs.LATEST.read_bytes()
    again.write_bytes(runs.LATEST.read_bytes()[:-9])
    assert runs.read(again, whole=False).rows == found.rows[:-1]
    with pytest.raises(errors.BenchError, match="cut off"):
        runs.read(again)
    with pytest.raises(errors.BenchError, match=r"reports cannot be read: Is a directory$"):
        runs.read(Path("reports"))
    edit("again.jsonl", '"case"', '"Case"')
    with pytest.raises(errors.BenchError, match="is no run of this code: case: Field required"):
        runs.read(again, whole=False)
