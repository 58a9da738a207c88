"""Commands that a README cites: what is wrong is said, what cannot be known is not."""

from __future__ import annotations

import pytest
from synthetic import GOOD, README, facts, repository, state, without

from scaffolder.check.documents import readme
from scaffolder.check.items.reproduce import Reproduce
from scaffolder.check.readers.commands import cited, wrong_commands
from scaffolder.results.finding import State

FILES = {
    "Makefile": "all:\n\techo\n",
    "code/main.py": "",
    "code/app/api.py": "",
    "code/requirements.txt": "a==1\n",
    ".gitignore": "config.yaml\n",
}


def wrong(text: str, files: dict[str, str] = FILES) -> list[str]:
    repo = repository({**files, README: text})
    page = readme(repo)
    assert page
    return [str(each) for each in wrong_commands(repo, page)]


@pytest.mark.parametrize(
    ("command", "fact"),
    [
        ("make none", "Makefile has no target none"),
        ("python none.py", "nothing in the repository is called none.py"),
        ("python3 -u src/main.py", "nothing in the repository is called src/main.py"),
        ("bash run.sh", "nothing in the repository is called run.sh"),
        ("./run.sh --fast", "nothing in the repository is called run.sh"),
        ("pip install -r dev.txt", "nothing in the repository is called dev.txt"),
        ("docker build .", "nothing in the repository is called Dockerfile"),
        ("docker compose up", "nothing in the repository is called *compose*.y*ml"),
    ],
)
def test_what_is_nowhere_is_named_with_its_line(command: str, fact: str) -> None:
    assert wrong(f"# A\n\n```sh\n{command}\n```\n") == [f"README.md:4: `{command}`: {fact}"]


@pytest.mark.parametrize(
    "text",
    [
        "```sh\ncd src\npython none.py\n```",
        "```sh\ncd src\n```\n\nThen:\n\n```sh\nmake none\n```",
        "```\ngit clone https://example.org/other\ncd other\npython none.py\n```",
        "```sh\npython main.py\n```",
        "```sh\nuvicorn app.api:app\npip install -r requirements.txt\n```",
        "```sh\nmake -C other none\nmake -f other.mk none\nmake -j 4\n```",
        "```sh\nmake <target>\nmake $TARGET\nmake your-target\n```",
        "```sh\npython <script>.py\npython $SCRIPT\npython path/to/script.py\n```",
        "```sh\ncurl -o get.py https://example.org\npython get.py\n```",
        "```sh\ndocker run -f config.yaml\n```",
        "```python\nmake none\n```",
        "```\nnone.py  prints the words\n```",
        "<!-- measured:a -->\n`make none`\n<!-- /measured:a -->",
    ],
)
def test_what_cannot_be_known_is_passed_over(text: str) -> None:
    assert wrong(f"# A\n\n{text}\n") == []


def test_targets_that_may_come_from_elsewhere_are_passed_over() -> None:
    text = "```sh\nmake none\n```\n"
    assert wrong(text, {"Makefile": "include common.mk\n"}) == []
    assert wrong(text, {"Makefile": "$(foreach name,a b,$(eval $(call rules,$(name))))\n"}) == []
    assert wrong(text, {"Makefile": "$(eval X := 1)\n$(foreach n,A B,$(eval override $(n) := $$(value $(n))))\n"}) != []
    assert wrong(text, {"Makefile": "%: ; echo\n"}) == []
    assert wrong(text, {"Makefile": "a:\n", "code/Makefile": "none:\n"}) == []
    assert wrong(text, {}) == ["README.md:2: `make none`: the repository has no Makefile"]


def test_spans_prompts_and_blocks_without_a_language_hold_commands() -> None:
    text = "Run `make all`, not `makes sense`.\n\n```\n$ make all\nall done\n```\n\n```\nmake all\nout of it\n```\n"
    page = readme(repository({README: text}))
    assert page
    assert [(step.line, step.text) for step in cited(page)] == [(1, "make all"), (4, "make all"), (9, "make all")]


@pytest.mark.parametrize(
    ("path", "text", "locked"),
    [
        ("backend/poetry.lock", "x", True),
        ("requirements.txt", "a==1.0\nb[c]==2.0  # why\n", True),
        ("requirements-dev.txt", "a==1.0\nb>=2\n", False),
        ("requirements.txt", "# nothing\n", False),
        ("uv.lock", "", False),
        ("environment.yml", "dependencies: [a=1.0]", False),
    ],
)
def test_what_fixes_versions(path: str, text: str, locked: bool) -> None:
    files = {**without("requirements.lock"), "code/train.py": "", README: "```sh\npython train.py\n```\n", path: text}
    assert state(Reproduce, files) is (State.DONE if locked else State.MISSING)
    assert ("no lock file was found: *.lock" in facts(Reproduce, files)) is not locked


def test_the_section_on_deployment_has_an_item_of_its_own() -> None:
    assert state(Reproduce, {**GOOD, README: GOOD[README].replace("make image", "make ship")}) is State.DONE


def test_a_module_of_somebody_else_may_be_installed() -> None:
    assert state(Reproduce, {**GOOD, README: "```sh\npython -m uvicorn.main\npython -m none\n```\n"}) is State.DONE
    assert "churn has no module none" in facts(Reproduce, {**GOOD, README: "```sh\npython -m churn.none\n```\n"})


@pytest.mark.parametrize("block", ["```plaintext\npip install x\n```\n", "Run `flask --app web run`.\n"])
def test_commands_stand_in_blocks_of_plain_text_and_in_spans(block: str) -> None:
    assert "no command" not in facts(Reproduce, {README: block})


def test_a_readme_without_commands_is_said_to_have_none() -> None:
    none = "README.md: no command of a program that this check knows is in its code blocks and code spans"
    assert facts(Reproduce, {README: "# A\n"}) == none
    assert facts(Reproduce, {README: "```text\nrows -> model\n```\n"}) == none
    shipped = facts(Reproduce, {README: "# A\n\n## Deployment\n\n```sh\nmake ship\n```\n"})
    assert shipped == f"{none}, apart from the section on deployment"
    assert facts(Reproduce, {}) == "there is no README.md"
