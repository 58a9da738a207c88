from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from bench import benchmark, errors, matrix, settings
from bench.tasks.classifiers import ClassifierOptions, fit, fit_logistic
from bench.tasks.classify import Classify
from fake_models import FakeModels, Reply, completion
from toy import Words, edit, run

PROMPT = matrix.System(task="classify", parts={"prompt": "plain", "model": "small"})


def cases(split: str) -> list[benchmark.Labelled]:
    found = benchmark.load("classify", settings.load_settings().tasks["classify"])
    return [case for case in found if isinstance(case, benchmark.Labelled) and case.split == split]


def classify(*splits: str) -> Classify:
    return Classify(
        matrix.load_matrix(), [case for split in splits for case in cases(split)], settings.load_settings().models
    )


def test_the_most_frequent_label_and_rules_in_their_order(fresh: Path) -> None:
    train, options = cases("train"), matrix.load_matrix().options
    ((label, count),) = Counter(case.label for case in train).most_common(1)
    majority, rules = (fit(ClassifierOptions(**options("classifier", one)), train) for one in ("majority", "rules"))
    assert majority("plum") == (label, count / len(train))
    said = {"Apples": "Fruit", "an APPLE SAW": "Fruit", "a Hammer": "Tool", "snapple": label, "hammers": label}
    assert {text: rules(text)[0] for text in said} == said
    with pytest.raises(errors.BenchError, match="majority needs cases of the split train"):
        classify("dev", "test").prepare(matrix.System(task="classify", parts={"classifier": "majority"}))


def test_the_nearest_texts_vote_with_their_similarity(fresh: Path) -> None:
    texts = {"red car": "A", "red car fast": "B", "red bus now here": "B", "sea": "C"}
    train = [benchmark.Labelled(id=text, split="train", text=text, label=label) for text, label in texts.items()]
    assert fit(ClassifierOptions(kind="neighbours", k=1), train)("red car") == ("A", 1)
    label, share = fit(ClassifierOptions(kind="neighbours", k=3), train)("red car")
    similar = (Words().embed(list(texts)) @ Words().embed(["red car"])[0])[:3]
    assert label == "B"
    assert share == pytest.approx(similar[1:].sum() / similar.sum(), abs=1e-6)


@pytest.mark.parametrize("c", [0.1, 3.0, 30.0])
def test_the_linear_model_is_that_of_scikit_learn(c: float) -> None:
    random = np.random.default_rng(0)
    inputs = random.normal(size=(90, 12))
    inputs /= np.linalg.norm(inputs, axis=1, keepdims=True)
    codes = (inputs[:, :4] + 0.3 * random.normal(size=(90, 4))).argmax(axis=1)
    weights = fit_logistic(inputs, codes, 4, c)
    theirs = LogisticRegression(C=c, tol=1e-10, max_iter=10_000).fit(inputs, codes)
    np.testing.assert_allclose(weights[:-1].T, theirs.coef_, atol=2e-3)
    chances = np.exp(inputs @ weights[:-1] + weights[-1])
    np.testing.assert_allclose(chances / chances.sum(axis=1)[:, None], theirs.predict_proba(inputs), atol=1e-3)


@pytest.mark.parametrize(
    ("answer", "label"),
    [("fruit juice.", "Fruit juice"), ("Not a fruit; a TOOL", "Fruit"), ("Toolbox, fruits", ""), ("no idea", "")],
)
def test_the_label_in_the_words_of_a_language_model(fresh: Path, answer: str, label: str) -> None:
    assert classify("train").label_in(answer) == label


def test_a_prompt_needs_a_place_for_the_text(fresh: Path) -> None:
    found = classify("dev").requests(PROMPT, cases("dev")[:2], 2)
    assert found[0].prompt == f"One of Fruit, Fruit juice, Tool.\n\n{cases('dev')[0].text}"
    assert [one.repeat for one in found] == [0, 1, 0, 1]
    edit("plain.md", "TEXT", "Text")
    with pytest.raises(errors.BenchError, match=r"plain.md does not say where the text belongs; write TEXT there"):
        classify("dev").requests(PROMPT, cases("dev"), 1)


def test_a_language_model_answers_few_cases_as_often_as_asked(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with FakeModels(Reply(completion("It is a tool!"))) as server:
        monkeypatch.setenv("BENCH_MODEL_URL", server.url)  # goes before the settings
        found, _, _ = run("dev")
    rows, gold = found.by_system["plain/small"], {case.id: case.label for case in cases("dev")}
    assert [row.repeat for row in rows] == [0, 1] * 5
    assert {(row.output, row.tokens, round(row.price)) for row in rows} == {("Tool", 9, 7)}
    assert all(row.scores["accuracy"] == (gold[row.case] == "Tool") for row in rows)
    assert len(found.by_system["logistic"]) == 20
