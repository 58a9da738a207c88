"""The documents of a repository: its README, its model card and the other pages."""

from __future__ import annotations

import re

from scaffolder.check.contract import contract
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.markdown import Document
from scaffolder.check.readers.markdown_blocks import is_store
from scaffolder.check.readers.markup import as_markdown

MAX_DOCUMENTS = 100
MAX_TOGETHER = 4_000_000  # characters of all documents
MAX_PARTS = 80_000  # blocks and cells of tables of all documents
README = "README.md"
MODEL_CARD = "MODEL_CARD.md"
FIGURES = "reports/"  # images there are charts of measurements, not pictures of the product

_READMES = ("readme", "leiame", "leeme", "lisezmoi", "liesmich")
_ENDINGS = (".md", ".markdown", ".mdx", ".rst", ".adoc", ".asciidoc", ".ipynb")

ASIDE = re.compile(
    r"(?:^|/)(?:prompts?|templates?|fixtures?|tests?|vendor|third_party|[\w-]*(?:adrs?|rfcs?|decisions)|\.[^/]+)/"
    r"|(?:^|/|[_-])(?:licen[cs]e|change|release_?notes|log|todo|history)[^/]*$"
    r"|(?:^|/)(?:claude|agents|gemini|code_of_conduct)\.md$",
    re.IGNORECASE,
)


@fact
def readme(repo: Repository) -> Document | None:
    """The README, at one of the places where GitHub looks for it, in Markdown if there are several."""
    folders = ("", ".github/", "docs/")
    usual = (README, "README.markdown", "README", ".github/README.md", "docs/README.md")
    others = (f"{folder}{name}*" for folder in folders for name in _READMES)
    return next((page for path in (*usual, *others) if (page := document(repo, repo.snapshot.find(path)))), None)


@fact
def model_card(repo: Repository) -> Document | None:
    """The model card."""
    cards = repo.snapshot.glob(MODEL_CARD, "**/*model*card*", "**/model_cards/*")
    found = (page for page in documents(repo) if page.path in cards)
    return min(found, key=lambda page: page.path != MODEL_CARD, default=None)


@fact
def documents(repo: Repository) -> tuple[Document, ...]:
    """The documents: README and model card, then those nearest to the top, at most `MAX_DOCUMENTS`; notebooks last.

    Documents that are data, such as the contract's corpus, and stores of texts for other documents are left out.
    """
    declared = contract(repo)
    corpus = (f"{declared.corpus}/",) if declared and declared.corpus else ()
    found = repo.snapshot.glob(*(f"**/*{ending}" for ending in _ENDINGS), *(f"**/{name}*" for name in _READMES))
    paths = sorted((path for path in found if _is_document(path) and not path.startswith(corpus)), key=_weight)
    bounds = (MAX_DOCUMENTS, MAX_TOGETHER, MAX_PARTS)
    pages = tuple(repo.snapshot.within(bounds, "documents", paths, _page, _sizes))
    for page in pages:
        if page.cut:
            repo.snapshot.leave_out(f"{page.path} is very long: only its beginning was read.")
    return pages


@fact
def explaining(repo: Repository) -> tuple[Document, ...]:
    """The documents that explain the project: without prompts, fixtures, logs and records of decisions."""
    return tuple(page for page in documents(repo) if not ASIDE.search(page.path))


def _page(path: str, text: str) -> Document | None:
    return None if is_store(text) else Document(path, as_markdown(path, text))


def _sizes(page: Document) -> tuple[int, int]:
    return len(page.text), len(page.blocks) + sum(len(row) for table in page.tables for row in table.rows)


@fact
def measured_pages(repo: Repository) -> tuple[Document, ...]:
    """The README and the other pages that the contract lists for their measured blocks, without the model card."""
    declared, card = contract(repo), model_card(repo)
    listed = declared.blocks if declared else {}
    own = [page for page in documents(repo) if page.path in listed and page is not card]
    return tuple(dict.fromkeys(page for page in (readme(repo), *own) if page))


def document(repo: Repository, path: str | None) -> Document | None:
    """The document at `path`; None if there is none."""
    return next((page for page in documents(repo) if page.path == path), None)


def _is_document(path: str) -> bool:
    """Whether a file is a document for people: neither code, nor data in a subfolder of data/ but for its own pages."""
    *folders, name = path.lower().split("/")
    if not name.endswith((*_ENDINGS, ".txt")) and "." in name:
        return False
    is_data = len(folders) > 1 and folders[0] == "data"
    return not is_data or name.startswith((*_READMES, "dataset", "datasheet", "report."))


def _weight(path: str) -> tuple[bool, bool, int, str]:
    name = path.rpartition("/")[2].lower()
    return name.endswith(".ipynb"), not name.startswith((*_READMES, "model")), path.count("/"), path
