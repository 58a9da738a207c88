"""What documents say about the data stands in data blocks, which own data change; the rest holds for any data."""

from __future__ import annotations

import re
from functools import cache

import pytest
from support import chosen, in_memory, rendered

from scaffolder.adopt import kinds
from scaffolder.template import catalog
from scaffolder.template.answers import Data, complete
from scaffolder.template.render import render

ANSWERS = {"project_name": "Radar", "description": "Says what comes next."}
MARKED = re.compile(r"^(?:<!-- |# )(data|measured):([\w-]+)(?: -->)?\n(.*?)^(?:<!-- |# )/\1:\2(?: -->)?\n", re.M | re.S)
CASES = [(name, case) for name in ("domain-capstone",) for case in catalog.bundled(name).config["domain"]]
SAID = {"summary", "unit"}  # blocks whose text about own data asks nothing


def documents(files: dict[str, tuple[bytes, bool]]) -> dict[str, str]:
    """The pages of a project and its contract, without those that are the data's own."""
    pages = {path: data.decode() for path, (data, _) in files.items() if path.endswith((".md", "scaffolder.toml"))}
    return {path: text for path, text in pages.items() if not path.startswith("data/")}


@cache
def shipped(name: str, case: str) -> dict[str, str]:
    return documents(rendered(catalog.bundled(name), domain=case, **ANSWERS))


@cache
def own(name: str, case: str) -> dict[str, str]:
    """The documents of a project that is about the example of the template's kind of data."""
    template = catalog.bundled(name)
    example, *_ = kinds.examples(template)
    data = Data(example.kind, example.facts, {})
    return documents(in_memory(render(template, complete(template, chosen({"domain": case, **ANSWERS}), data=data))))


def blocks(text: str) -> dict[str, str]:
    return {name: content for kind, name, content in MARKED.findall(text) if kind == "data"}


def outside(files: dict[str, str]) -> dict[str, list[str]]:
    """The words outside the blocks; the contract keeps the words and the hash of the data that came with it."""
    told = re.sub(r"^(?:sha256 = .*\n|  \".*\n)", "", files["scaffolder.toml"], flags=re.M)
    return {path: MARKED.sub("", text).split() for path, text in (files | {"scaffolder.toml": told}).items()}


@pytest.mark.parametrize(("name", "case"), CASES)
def test_what_stands_outside_the_blocks_is_the_same_for_own_data(name: str, case: str) -> None:
    if catalog.bundled(name).config["_domains"][case]["technique"] != "classification":
        pytest.skip("own data change the technique, and with it what is said of the code")
    before, after = outside(shipped(name, case)), outside(own(name, case))
    assert before == after


@pytest.mark.parametrize(("name", "case"), CASES)
def test_each_block_has_a_text_about_own_data_that_asks_and_names_no_word_of_the_shipped(name: str, case: str) -> None:
    before, after = shipped(name, case), own(name, case)
    told = re.search(r"words = \[(.*?)\]", before["scaffolder.toml"], re.DOTALL)
    assert told
    words = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in re.findall(r'"(.+)"', told[1])), re.IGNORECASE)
    found = {name: content for text in after.values() for name, content in blocks(text).items()}
    assert found.keys() == {name for text in before.values() for name in blocks(text)}
    assert {name for name, content in found.items() if "TODO(" not in content} <= SAID
    assert [path for path, text in after.items() if words.search(text)] == []
