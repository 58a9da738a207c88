"""Questions and answers: validation, defaults, and the files that valid answers give."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support import make_template, rendered

from scaffolder.errors import AnswerError, ScaffolderError, one_line, shown, suggestion
from scaffolder.template import answers, catalog
from scaffolder.template.answers import chosen, complete
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Question
from scaffolder.template.render import folder_name

CLASSICAL = catalog.bundled("classical-ml")
TEXTS = ["project_name", "project_slug", "description", "author_name", "github_owner"]
HOSTILE = [
    "<script>",
    "\"'`",
    "{{ 1 }}",
    "{% x %}",
    "${{ x }}",
    "$(id)",
    "\\",
    "]]>",
    "-->",
    "|",
    "#",
    "a: b",
    "\u2028",
    "&amp;",
    "%s",
]


def fits(question: Question, value: str) -> bool:
    try:
        return bool(question.check(value))
    except AnswerError:
        return False


def accepted(name: str) -> st.SearchStrategy[str]:
    """Texts that the question `name` accepts, hostile ones first."""
    question = CLASSICAL.questions[name]
    pattern = st.from_regex(re.compile(question.pattern or ".*"), fullmatch=True)
    hostile = st.tuples(st.text(max_size=8), st.sampled_from(HOSTILE), st.text(max_size=8)).map("".join)
    plain = st.text("abcÄé -.,'&!?:;()/+%@1", min_size=1, max_size=40)
    return st.one_of(pattern, hostile, plain).map(str.strip).filter(lambda text: fits(question, text))


@pytest.mark.slow
@settings(max_examples=8, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(
    st.fixed_dictionaries({name: accepted(name) for name in TEXTS}),
    st.sampled_from(CLASSICAL.questions["use_case"].choices),
)
def test_accepted_answers_make_valid_files(texts: dict[str, str], use_case: str) -> None:
    try:
        files = {path: data for path, (data, _) in rendered(CLASSICAL, **texts, use_case=use_case).items()}
    except ScaffolderError as error:
        raise AssertionError(f"accepted answers did not render: {error}") from error
    project = tomllib.loads(files["pyproject.toml"].decode())["project"]
    assert project["name"] == texts["project_slug"]
    assert project["description"].endswith(texts["project_name"])
    assert texts["description"] in files["README.md"].decode()
    for path, data in files.items():
        if path.endswith(".toml"):
            tomllib.loads(data.decode())
        if path.endswith((".yml", ".yaml")):
            yaml.safe_load(data)
    card = files["MODEL_CARD.md"].decode()
    yaml.safe_load(card.split("---")[1])
    readme = files["README.md"].decode()
    assert readme.splitlines()[0] == f"# {texts['project_name']}"
    neutral = rendered(CLASSICAL, use_case=use_case)["README.md"][0].decode()
    assert tags(readme) == tags(neutral)


def tags(text: str) -> list[str]:
    return re.findall(r"<[^>]*>", text)


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_a_slug_is_safe_or_refused(text: str) -> None:
    try:
        folder = folder_name(CLASSICAL, complete(CLASSICAL, chosen({"project_slug": text})))
    except AnswerError as error:
        assert str(error).endswith((".", "?"))
        return
    assert re.fullmatch(r"[a-z][a-z0-9-]*[a-z0-9]|[a-z]", folder)
    assert len(folder) <= 50


@settings(max_examples=50, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(accepted("project_name"))
def test_the_default_slug_of_any_title_is_safe_or_refused(text: str) -> None:
    try:
        folder = folder_name(CLASSICAL, complete(CLASSICAL, chosen({"project_name": text})))
    except AnswerError as error:
        assert "--set project_slug=" in str(error) or "reserved name on Windows" in str(error)
        return
    assert re.fullmatch(r"[a-z0-9-]+", folder)


@given(st.text())
def test_sentences_stay_on_one_line(text: str) -> None:
    assert one_line(text).isprintable()
    assert len(shown(text)) < 700
    assert "\n" not in shown(text)


@given(st.text(max_size=20), st.lists(st.text(min_size=1, max_size=10), min_size=1, max_size=5))
def test_a_suggestion_is_always_one_that_exists(word: str, known: list[str]) -> None:
    assert any(name in suggestion(word, known) for name in known)


@pytest.fixture
def small(mini: Path) -> Template:
    return catalog.read(mini, "mini")


def test_only_public_answers_are_public(small: Template) -> None:
    assert list(complete(small, chosen({})).public) == [
        "project_name",
        "project_slug",
        "colour",
        "fast",
        "count",
        "extra",
    ]


@pytest.mark.parametrize(
    ("said", "meant"), [("yes", True), ("ON", True), (True, True), ("0", False), ("n", False), (False, False)]
)
def test_yes_and_no(small: Template, said: object, meant: bool) -> None:
    assert complete(small, chosen({"fast": said})).public["fast"] is meant


def test_an_object_from_json_or_a_file(small: Template) -> None:
    for said in ('{"a": [1]}', {"a": [1]}):
        assert complete(small, chosen({"extra": said})).public["extra"] == {"a": [1]}


def test_choices_may_be_worked_out(small: Template) -> None:
    answers_ = complete(small, chosen({"project_name": "Big", "colour": "big-blue"}))
    assert answers_.public["colour"] == "big-blue"
    with pytest.raises(AnswerError, match="did you mean 'big-blue'"):
        complete(small, chosen({"project_name": "Big", "colour": "bigblue"}))


def test_labels_come_from_the_prompts(small: Template) -> None:
    question = {question.name: question for question in answers.questionnaire(small)}["colour"]
    assert question.prompt == "Which colour?"
    assert question.labels["red"] == "red as fire"
    assert question.choices == ("red", "small-thing-blue")


def test_a_guess_is_taken_where_it_is_allowed() -> None:
    public = complete(CLASSICAL, chosen({}), {"author_name": "Ada", "github_owner": "--"}).public
    assert (public["author_name"], public["github_owner"]) == ("Ada", "your-github-name")


def test_a_reserved_name_is_refused(tmp_path: Path) -> None:
    config = {"project_slug": "made", "_scaffolder": {"questions": {"project_slug": {"reserved": ["numpy"]}}}}
    template = catalog.read(make_template(tmp_path / "t", config, {}), "t")
    with pytest.raises(AnswerError, match="taken by a package"):
        complete(template, chosen({"project_slug": "numpy"}))


def test_every_question_of_ours_is_explained_and_bounded() -> None:
    for name in catalog.names():
        for question in catalog.bundled(name).questions.values():
            assert question.help
            assert question.prompt != question.name
            assert question.choices or (question.pattern and question.pattern_hint and question.max_length <= 160)


def test_a_context_like_cookiecutters(mini: Path) -> None:
    """Files see the values that cookiecutter would give them for the same answers."""
    from cookiecutter.generate import generate_context
    from cookiecutter.prompt import prompt_for_config

    context = generate_context(str(mini / "cookiecutter.json"), extra_context={"project_name": "Big"})
    expected = prompt_for_config(context, no_input=True)
    assert complete(catalog.read(mini, "mini"), chosen({"project_name": "Big"})).context == dict(expected)


@settings(max_examples=15)
@given(
    st.dictionaries(st.text(max_size=5), st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists))
)
def test_no_answers_file_is_a_crash(given: dict[str, Any]) -> None:
    try:
        answers.validate(CLASSICAL, given)
    except AnswerError as error:
        assert "\n" not in str(error)
