"""Sentences of generated repositories that were false, or about the making of the tool: they do not come back."""

from __future__ import annotations

import re

import pytest
from support import ROOT, rendered

from scaffolder.template import catalog

# What is so instead stands in the documents. The test rows of mlops-deploy, for example, overlap with the training rows.
FALSE = {
    "mlops-deploy": [
        r"made\s+after\s+(its\s+training\s+rows|it)\b",
        r"Answers\s+that\s+cannot\s+be\s+kept\s+are\s+counted",
        r"alarm\s+above\s+opens\s+a\s+challenger",
        r"Releases\s+what\s+has\s+passed",
        r"swap\s+within\s+a\s+second",
        r"scaffolder\s+project",
    ],
    "classical-ml": [],
    "domain-capstone": [],
    "llm-eval": [],
    "rag-assistant": [],
}
ANYWHERE = [
    r"machine\s+on\s+which\s+this\s+template\s+was\s+made",
    r"exit\s+code\s+\d",  # the documents speak of make, which turns each into its own
]
# What a reader must be told, by document.
TOLD = {
    ("mlops-deploy", "README.md"): r"released a\s+version yourself, `make demo` refuses",
    ("llm-eval", "docs/evaluation.md"): r"\| Macro-F1 \|.* too narrow if a label has fewer than 20 cases",
    ("classical-ml", "docs/deploy.md"): r"`make pin`",
}
# Sentences of the tool's own pages that were false: some of its data are fictional, and `make demo` installs first.
OURS = [r"\breal data\b", "No network", "what you have forgotten"]


@pytest.mark.parametrize("name", FALSE)
def test_they_are_gone(name: str) -> None:
    files = rendered(catalog.bundled(name))
    pages = {path: data.decode() for path, (data, _) in files.items() if path.endswith((".md", ".yml"))}
    assert len(pages) > 10
    found = [(path, one) for path, text in pages.items() for one in [*FALSE[name], *ANYWHERE] if re.search(one, text)]
    assert found == []


@pytest.mark.parametrize(("name", "document"), TOLD)
def test_they_are_there(name: str, document: str) -> None:
    text = rendered(catalog.bundled(name))[document][0].decode()
    assert re.search(TOLD[name, document], text)


def test_the_pages_of_the_tool_do_not_say_them() -> None:
    paths = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "Makefile", *(ROOT / "docs").glob("*.md")]
    assert len(paths) > 10
    texts = {path.name: path.read_text("utf-8") for path in paths}
    assert [(name, one) for name, text in texts.items() for one in OURS if re.search(one, text)] == []
