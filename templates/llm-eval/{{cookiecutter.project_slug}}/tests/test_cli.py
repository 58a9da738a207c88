"""The steps as people run them, among them `compare` and `gate`."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import errors, regressions, runs, settings
from bench.__main__ import main
from fake_models import FakeModels, Reply
from toy import edit

SYSTEM = "bm25/headings"
Output = pytest.CaptureFixture[str]


def altered(found: runs.Run, change: Callable[[int, float], float]) -> runs.Run:
    """The run with other scores of one system, by the number of the case."""
    ours = found.by_system[SYSTEM]
    new = [{name: change(place, one) for name, one in row.scores.items()} for place, row in enumerate(ours)]
    changed = [row.model_copy(update={"scores": scores}) for row, scores in zip(ours, new, strict=True)]
    return runs.Run(found.header, [*changed, *(row for row in found.rows if row.system != SYSTEM)])


def test_the_steps_in_their_order(fresh: Path, capsys: Output) -> None:
    assert main(["freeze"]) == main(["dev"]) == 0
    assert f"| {SYSTEM} |" in capsys.readouterr().out
    Path("scaffolder.toml").write_text("[blocks]\n", encoding="utf-8")
    assert main(["evaluate"]) == 0
    assert "Left out: plain/small, because its model is not installed (`make setup-model`)." in capsys.readouterr().out
    edit("settings.toml", "min = 0.5", "max = 0.1")
    assert main(["evaluate"]) == 1
    said = capsys.readouterr()
    assert "Gate failed: ndcg_at_10 is" in said.err
    assert said.out.endswith("Nothing to rewrite.\n")  # the documents are written also then
    assert main(["compare", SYSTEM, "dense/headings", "--run", str(runs.DEV)]) == 0
    assert len(capsys.readouterr().out.splitlines()) == 4  # metrics


@pytest.mark.parametrize(
    ("arguments", "old", "new", "message"),
    [
        ("gate", "", "", "reports/runs/test.jsonl does not exist"),
        ("compare a b", "", "", "reports/runs/test.jsonl does not exist"),
        ("serve", "", "", "reports/metrics.json does not exist"),
        ("evaluate --resume", "", "", "artifacts/unfinished.jsonl does not exist"),
        ("evaluate", '"bm25", "dense"', '"bm26", "dense"', "did you mean 'bm25'"),
        ("evaluate", 'kind = "hybrid"', 'kind = "both"', "retriever.hybrid: kind: Input should be"),
        ("evaluate", "k = 3", "n = 3", "classifier.neighbours: n: no key of this section"),
        ("evaluate", "plain.md", "plane.md", "plane.md cannot be read as a prompt"),
    ],
)
def test_input_that_cannot_be_used_is_one_sentence(
    fresh: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch, arguments: str, old: str, new: str, message: str
) -> None:
    monkeypatch.setenv("BENCH_MODEL_URL", "http://127.0.0.1:9/v1")  # where nobody answers
    edit("systems.toml", old, new) if old else None
    assert main(arguments.split()) == 2
    assert re.fullmatch(rf"Error: .*{re.escape(message)}.*\n", capsys.readouterr().err)


def test_a_model_that_fails_is_told_from_a_cap(fresh: Path, capsys: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    edit("settings.toml", "caps.most_money", "caps.most_calls = 19\ncaps.most_money")
    with FakeModels(Reply("no", 500)) as server:
        monkeypatch.setenv("BENCH_MODEL_URL", server.url)
        assert (main(["dev"]), server.asked) == (2, [])  # 2 prompts for 5 cases, twice
        assert "most_calls is 19" in capsys.readouterr().err
        assert not list(Path("artifacts").glob("*.jsonl"))  # a refused run replaces no rows of an interrupted one
        edit("settings.toml", "most_calls = 19", "most_calls = 20")
        assert main(["dev"]) == 3
        assert "RESUME" not in capsys.readouterr().err
        assert main(["evaluate"]) == 3
    assert "make evaluate RESUME=1" in capsys.readouterr().err


def test_the_gate_fails_on_a_system_that_became_worse_and_not_on_noise(published: Path, capsys: Output) -> None:
    found = runs.read(runs.LATEST)
    assert main(["baseline"]) == main(["gate"]) == 0
    runs.write(altered(found, lambda place, score: score - 0.2 * (place in (1, 2))), runs.LATEST)
    assert main(["gate"]) == 0
    runs.write(altered(found, lambda place, score: score - 0.3 - place / 1000), runs.LATEST)
    capsys.readouterr()
    assert main(["gate"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"{SYSTEM} became worse by 0.30")
    assert said.out.endswith("; significantly worse: 1; not measured: 0.\n")


def test_the_gate_fails_on_a_system_that_was_not_measured_again(published: Path, capsys: Output) -> None:
    found = runs.read(runs.LATEST)
    runs.write(found, runs.BASELINE)
    systems = {name: one for name, one in found.header.systems.items() if name != SYSTEM}
    header = found.header.model_copy(update={"systems": systems, "skipped": {SYSTEM: "its model is gone"}})
    runs.write(runs.Run(header, [row for row in found.rows if row.system != SYSTEM]), runs.LATEST)
    assert main(["gate"]) == 1
    said = capsys.readouterr()
    assert said.err.startswith(f"{SYSTEM} was not measured now, because its model is gone; measure it with")
    assert said.out.endswith(f": {len(systems)}; significantly worse: 0; not measured: 1.\n")
    assert main(["baseline"]) == main(["gate"]) == 0  # a new baseline accepts that it is gone


def test_a_gate_without_a_baseline_advises_to_accept_one(published: Path, capsys: Output) -> None:
    assert main(["gate"]) == 2
    assert capsys.readouterr().err == f"Error: {runs.BASELINE} does not exist; run `make baseline` first\n"


def test_runs_of_two_benchmarks_are_not_compared(published: Path) -> None:
    found = runs.read(runs.LATEST)
    other = runs.Run(found.header.model_copy(update={"data_sha256": "f" * 64}), found.rows)
    with pytest.raises(errors.BenchError, match="of another benchmark"):
        regressions.regressions(found, other, settings.load_settings())


def test_a_baseline_with_more_cases_is_compared_on_those_of_both(published: Path) -> None:
    found, gone = runs.read(runs.LATEST), ("test1", "test2")
    fewer = runs.Run(found.header, [row for row in found.rows if row.case not in gone])
    compared = {one.system: one for one in regressions.regressions(fewer, found, settings.load_settings())}
    assert (compared[SYSTEM].n, compared[SYSTEM].difference) == (8, 0)


def test_two_systems_of_one_task_are_compared_on_each_metric(published: Path) -> None:
    found, given = runs.read(runs.LATEST), settings.load_settings()
    said = regressions.compare_two(altered(found, lambda *_: 0), SYSTEM, "hybrid/headings", given)
    assert [one.split(" than ")[0] for one in said] == ["hybrid/headings is better"] * 4
    assert "10 wins, 0 ties, 0 losses" in said[1]
    assert "the same Accuracy" in regressions.compare_two(found, "rules", "rules", given)[0]
    for other, message in (
        ("hybrid/heading", "did you mean 'hybrid/headings'"),
        ("rules", f"compare with {SYSTEM}: 'rules' is not known"),
    ):
        with pytest.raises(errors.BenchError, match=message):
            regressions.compare_two(found, SYSTEM, other, given)
