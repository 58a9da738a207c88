"""What documents say about the data stands in data blocks, which `make adopt` replaces; the rest holds for any data."""

from __future__ import annotations

import re

import pytest
from support import rendered

from scaffolder.template import catalog

TEMPLATE = catalog.bundled("classical-ml")
ANSWERS = {"project_name": "Radar", "description": "Says what comes next."}
STORES = ("src/predictor/adoption/own.md", "data/shipped.md")
OF_DATA = ("data/", "settings.toml", *STORES)
MARKED = re.compile(r"^(?:<!-- |# )(data|measured):([\w-]+)(?: -->)?\n(.*?)^(?:<!-- |# )/\1:\2(?: -->)?\n", re.M | re.S)


def documents(use_case: str, **more: str) -> dict[str, str]:
    """The pages of a project and its contract, without those that are the data's own."""
    files = rendered(TEMPLATE, use_case=use_case, **(ANSWERS | more))
    return {path: data.decode() for path, (data, _) in files.items() if path.endswith((".md", "scaffolder.toml"))}


def blocks(text: str) -> dict[str, str]:
    return {name: content for kind, name, content in MARKED.findall(text) if kind == "data"}


def pages(files: dict[str, str]) -> dict[str, str]:
    return {path: text for path, text in files.items() if not path.startswith(OF_DATA)}


@pytest.mark.parametrize("use_case", ["churn", "fraud", "demand", "risk"])
def test_what_stands_outside_the_blocks_is_the_same_for_any_data(use_case: str) -> None:
    theirs, ours = pages(documents(use_case)), pages(documents("own"))
    theirs["scaffolder.toml"] = re.sub(r"^(?:sha256 = .*\n|  \".*\n)", "", theirs["scaffolder.toml"], flags=re.M)
    outside = {path: MARKED.sub("", text).split() for path, text in theirs.items()}
    expected = {path: MARKED.sub("", text).split() for path, text in ours.items()}
    assert outside == expected


@pytest.mark.parametrize("use_case", ["churn", "fraud", "demand", "risk"])
def test_each_block_is_kept_as_shipped_and_has_a_neutral_text(use_case: str) -> None:
    files = documents(use_case)
    neutral, shipped = (blocks(files[path]) for path in STORES)
    found = [(name, content) for text in pages(files).values() for name, content in blocks(text).items()]
    assert {name for name, _ in found} == neutral.keys() - {"dataset"}, "without data, DATASET.md says so in a block"
    assert neutral.keys() - shipped.keys() == {"summary", "dataset"}, "the owner's own description was not shipped"
    assert [name for name, content in found if shipped.get(name, content) != content] == []
    assert files["data/DATASET.md"] in files["data/shipped.md"]


def test_the_default_description_is_kept_as_shipped() -> None:
    files = documents("churn", description=TEMPLATE.config["_use_cases"]["churn"]["description"])
    assert blocks(files["data/shipped.md"])["summary"] == blocks(files["README.md"])["summary"]


def test_the_neutral_texts_are_read_first_and_ask() -> None:
    text = documents("own")[STORES[0]]
    assert text.startswith("<!-- data:")
    statements = {name for name, content in blocks(text).items() if "TODO(" not in content}
    assert statements == {"unit", "synthetic"}
    assert not re.search(r"^#", text, re.MULTILINE), "a heading would be one of the document, too"


@pytest.mark.parametrize("use_case", ["churn", "fraud", "demand", "risk"])
def test_what_stands_outside_the_data_names_no_word_of_them(use_case: str) -> None:
    told = re.search(r"words = \[(.*?)\]", documents(use_case)["scaffolder.toml"], re.DOTALL)
    assert told
    words = re.compile("|".join(rf"\b{re.escape(word)}\b" for word in re.findall(r'"(.+)"', told[1])), re.IGNORECASE)
    assert [path for path, text in documents("own").items() if words.search(text)] == []
