"""The benchmark, the settings and the experiments: what is refused, and what they mean."""

import json
from pathlib import Path

import pytest

from bench import errors, matrix, settings
from bench.benchmark import ACCESS_LOG, MOST_ERRORS, Case, check_frozen, fewer, freeze, load, parse
from toy import edit, run

DEV, TEST = ({"id": one, "split": one, "text": "a text", "label": "A"} for one in ("dev", "test"))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (["{", "[]", DEV, TEST], "texts:1: Invalid JSON: EOF while parsing an object, column 1\n"),
        (["{", "[]", DEV, TEST], "texts:2: Input should be an object"),
        ([DEV, TEST, {"id": "a", "split": "dev", "text": "a text"}], "texts:3: label: Field required"),
        ([DEV, {**TEST, "split": "exam"}], "texts:2: split: Input should be 'train', 'dev' or 'test'"),
        ([DEV, {**TEST, "label": ""}], "texts:2: label: String should have at least 1 character"),
        ([DEV, TEST, {**DEV, "split": "test"}], "texts: the id 'dev' is used 2 times"),
        ([DEV], "texts: there must be cases of the splits dev and test"),
        (["{"] * (MOST_ERRORS + 3), "\nand 3 more"),
    ],
)
def test_each_broken_line_is_named(rows: list[object], message: str) -> None:
    content = "\n".join(one if isinstance(one, str) else json.dumps(one) for one in rows)
    with pytest.raises(errors.BenchError) as refused:
        parse("classify", content.encode(), Path("texts"))
    assert message in str(refused.value)


@pytest.mark.parametrize("name", ["data/texts.jsonl", "data/corpus/animals/book-3.md", "data/corpus/new.md"])
def test_a_benchmark_that_is_not_the_frozen_one_is_refused_until_it_is_frozen(fresh: Path, name: str) -> None:
    before = check_frozen(settings.load_settings())
    with Path(name).open("a+", encoding="utf-8") as file:
        file.write("\n" if name.endswith(".md") else json.dumps({**DEV, "id": "more"}) + "\n")
    with pytest.raises(errors.BenchError, match=name):
        check_frozen(settings.load_settings())
    assert freeze() == check_frozen(settings.load_settings()) == settings.load_settings().data.sha256 != before
    edit("settings.toml", check_frozen(settings.load_settings()), before)
    with pytest.raises(errors.BenchError, match="SHA256SUMS is not what was frozen"):
        check_frozen(settings.load_settings())
    freeze()
    Path(name).unlink()
    with pytest.raises(errors.BenchError, match=f"{name} (is not what was frozen|cannot be read)"):
        check_frozen(settings.load_settings())


def test_the_test_cases_are_read_by_evaluate_alone_and_each_time_is_noted(fresh: Path) -> None:
    found, plan, _ = run("dev")
    cases = {case.id: case.split for cases in plan.cases.values() for case in cases}
    assert {row.case for row in found.rows} == cases.keys()
    assert set(cases.values()) == {"dev"}
    assert not ACCESS_LOG.exists()
    assert [run()[2], run()[2]] == [1, 2]
    edit("data/texts.jsonl", "apple", "pear")
    freeze()
    assert run()[2] == 1  # of another benchmark
    assert len([json.loads(line)["at"] for line in ACCESS_LOG.read_text(encoding="utf-8").splitlines()]) == 3


def test_fewer_cases_are_the_same_ones_each_time_and_slices_are_any_field(fresh: Path) -> None:
    cases = load("classify", settings.load_settings().tasks["classify"])
    some = fewer(cases, 20)
    assert some == [case for case in cases if case in some] == fewer(cases[::-1], 20)[::-1]
    assert set(fewer(cases, 5)) < set(some)
    assert set(some) & set(cases[:40]) <= set(fewer(cases[:40], 20))  # whatever else comes
    case = Case.model_validate({"id": "1", "split": "dev", "level": 0, "copy": "yes"})
    assert (len(some), case.slice("level"), case.slice("other"), case.slice("copy")) == (20, "0", "", "yes")


def test_a_grid_is_every_combination_and_each_system_meets_the_baseline_that_is_the_same_otherwise(fresh: Path) -> None:
    found, bases = matrix.load_matrix(), ("bm25/headings", "hybrid/headings")
    one = found.experiments["rerankers"]
    names = [f"{base}{other}" for base in bases for other in ("", "/sentences", "/cross")]
    pairs = [(base, f"{base}/{other}") for base in bases for other in ("sentences", "cross")]
    assert [system.name for system in one.systems()] == names
    assert [(rival.name, system.name) for rival, system in one.pairs()] == pairs
    assert tuple(system.name for system in one.lead()) == pairs[0]
    every = {system.name for each in found.experiments.values() for system in each.systems()}
    assert len(every) == 2 + 3 + 4 + 4  # two are in two experiments


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"bm25", "dense", "hybrid"', '"bm25", "dence", "hybrid"', "'dence' is not known; did you mean 'dense'"),
        ('candidate = "logistic"', 'candidate = "logistics"', "'logistics' is not known; did you mean 'logistic'"),
        ('candidate = "logistic"', 'candidate = "majority"', "the candidate 'majority' is the baseline"),
        ('factor = "reranker"', 'factor = "rerankers"', "'rerankers' is not known; did you mean 'reranker'"),
        ("{ classifier = [", "{ chunker = [], classifier = [", "'chunker' is not known; there are: classifier, prompt"),
        ('grid = { chunker = ["headings"], ', "grid = { ", "grid: a system of the task search needs chunker"),
        (', model = ["small"] }', " }", "a system of the task classify needs classifier or model and prompt"),
        ("items = 5", "item = 5", "experiments.prompts.item: no key of this section; did you mean 'items'?"),
        ("min_slice = 4", "min_slices = 4", "statistics.min_slices: no key of this section; did you mean 'min_slice'?"),
        ("retries = 0", "tries = 0", "models.tries: no key of this section; did you mean 'retries'?"),
        ("prompt = 1e6", "promt = 1e6", "models.prices.small.promt: no key of this section; did you mean 'prompt'?"),
        ("min = 0.5", "bound = 0.5", "gates.0.bound: no key of this section; docs/settings.md has them all"),
        ("min = 0.5", "", "gates: each needs min or max, or nothing can break it"),
        ('["kind"]', '["kinds"]', "tasks.search: slices: 'kinds' is not known; did you mean 'kind'?"),
        ("items = 5", "items = ", "systems.toml is not valid TOML"),
        ("permutations = 500", "permutations = 5", "statistics.permutations: Input should be greater"),
        (
            'experiment = "retrievers"',
            'experiment = "retriever"',
            "gates: 'retriever' is not known; did you mean 'retrievers'",
        ),
        ('headline = "accuracy"', 'headline = "acuracy"', "headline: 'acuracy' is not known; did you mean 'accuracy'"),
        ('lead = ["prompts"', 'lead = ["prompt"', "lead: 'prompt' is not known; did you mean 'prompts'"),
    ],
)
def test_what_makes_no_sense_is_refused_before_anything_is_run(fresh: Path, old: str, new: str, message: str) -> None:
    edit("systems.toml" if old in Path("systems.toml").read_text(encoding="utf-8") else "settings.toml", old, new)
    with pytest.raises(errors.BenchError) as refused:
        run()
    assert message in str(refused.value)
    assert not ACCESS_LOG.exists()


@pytest.mark.parametrize("address", ["localhost:8000/v1", "htp://models.example/v1", "http://", "local:"])
def test_an_address_that_is_none_is_refused_before_anything_is_run(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setenv("BENCH_MODEL_URL", address)
    with pytest.raises(errors.BenchError, match=r"^BENCH_MODEL_URL is no address; it must be http://"):
        run()
    assert not ACCESS_LOG.exists()


def test_settings_that_are_not_there_are_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(errors.BenchError, match=r"cannot be read \(Is a directory\); run from the repository's root$"):
        settings.load_settings(tmp_path)
