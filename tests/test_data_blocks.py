"""What documents say about the data stands in data blocks, which `make adopt` replaces; the rest holds for any data."""

from __future__ import annotations

import re

import pytest
from support import rendered

from scaffolder.template import catalog

ANSWERS = {"project_name": "Radar", "description": "Says what comes next."}
SHIPPED = "data/shipped.md"
MARKED = re.compile(r"^(?:<!-- |# )(data|measured):([\w-]+)(?: -->)?\n(.*?)^(?:<!-- |# )/\1:\2(?: -->)?\n", re.M | re.S)
CASES = [("domain-capstone", case) for case in ("healthcare", "finance")]  # the domains that can adopt other data
FIRST = {
    "domain-capstone": "healthcare",
}
SAID = {"unit", "synthetic", "joins", "split"}  # blocks whose neutral text asks nothing: it says what the code does
EACH = pytest.mark.parametrize(("name", "case"), CASES)
ONCE = pytest.mark.parametrize(("name", "case"), FIRST.items())


def documents(name: str, case: str, **more: str) -> dict[str, str]:
    """The pages of a project and its contract; `case` answers the template's first question."""
    template = catalog.bundled(name)
    files = rendered(template, **{next(iter(template.config)): case}, **(ANSWERS | more))
    return {path: data.decode() for path, (data, _) in files.items() if path.endswith((".md", "scaffolder.toml"))}


def blocks(text: str) -> dict[str, str]:
    return {name: content for kind, name, content in MARKED.findall(text) if kind == "data"}


def store(name: str) -> str:
    """Where the neutral texts are."""
    return f"src/{catalog.bundled(name).config['_scaffolder']['package']}/adoption/own.md"


def neutral(name: str) -> dict[str, str]:
    return blocks(documents(name, FIRST[name])[store(name)])


def pages(files: dict[str, str]) -> dict[str, str]:
    """Without those that are the data's own, or the stores of texts."""
    return {path: text for path, text in files.items() if not path.startswith(("data/", "prompts/", "src/"))}


def outside(files: dict[str, str]) -> dict[str, list[str]]:
    """The words outside the blocks; the contract keeps the words and the hash of the data that came with it."""
    told = re.sub(r"^(?:sha256 = .*\n|  \".*\n)", "", files["scaffolder.toml"], flags=re.M)
    return {path: MARKED.sub("", text).split() for path, text in (pages(files) | {"scaffolder.toml": told}).items()}


@EACH
def test_what_stands_outside_the_blocks_is_the_same_for_any_data(name: str, case: str) -> None:
    assert outside(documents(name, case)) == outside(documents(name, FIRST[name]))


@EACH
def test_each_block_is_kept_as_shipped_and_has_a_neutral_text(name: str, case: str) -> None:
    files = documents(name, case)
    shipped = blocks(files[SHIPPED])
    found = [(one, content) for text in pages(files).values() for one, content in blocks(text).items()]
    assert {one for one, _ in found} == neutral(name).keys() - {"dataset"}, (
        "without data, DATASET.md says so in a block"
    )
    assert neutral(name).keys() - shipped.keys() <= {"summary", "dataset"}, (
        "the owner's own description was not shipped"
    )
    assert "summary" not in shipped
    assert [one for one, content in found if shipped.get(one, content) != content] == []
    assert files["data/DATASET.md"] in files[SHIPPED]


@ONCE
def test_the_default_description_is_kept_as_shipped(name: str, case: str) -> None:
    template = catalog.bundled(name)
    told = {
        "domain-capstone": template.config.get("_domains", {}).get(case, {}).get("description"),
    }
    files = documents(name, case, description=told[name])
    assert blocks(files[SHIPPED])["summary"] == blocks(files["README.md"])["summary"]


@ONCE
def test_the_neutral_texts_are_read_first_and_ask(name: str, case: str) -> None:
    text = documents(name, case)[store(name)]
    assert text.startswith("<!-- data:")
    assert {one for one, content in blocks(text).items() if "TODO(" not in content} <= SAID
    assert not re.search(r"^#", text, re.MULTILINE), "a heading would be one of the document, too"


@EACH
def test_what_stands_outside_the_data_names_no_word_of_them(name: str, case: str) -> None:
    files = documents(name, case)
    told = re.search(r"words = \[(.*?)\]", files["scaffolder.toml"], re.DOTALL)
    assert told
    words = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in re.findall(r'"(.+)"', told[1])), re.IGNORECASE)
    without = {path: " ".join(said) for path, said in outside(files).items()} | neutral(name)
    assert [place for place, text in without.items() if words.search(text)] == []
