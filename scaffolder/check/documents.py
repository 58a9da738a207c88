"""The documents of a repository: its README, its model card and the other pages."""

from __future__ import annotations

from scaffolder.check.contract import contract
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.readers.markdown import Document, document
from scaffolder.check.readers.markdown_blocks import is_store

MAX_DOCUMENTS = 60
README = "README.md"
MODEL_CARD = "MODEL_CARD.md"
FIGURES = "reports/"  # images there are charts of measurements, not pictures of the product


@fact
def readme(repo: Repository) -> Document | None:
    """The README, at one of the places where GitHub looks for it."""
    path = repo.snapshot.find(README, "README.markdown", "README", ".github/README.md", "docs/README.md")
    return _document(repo, path)


@fact
def model_card(repo: Repository) -> Document | None:
    """The model card."""
    names = (MODEL_CARD, "MODEL-CARD.md", "MODELCARD.md")
    return _document(repo, repo.snapshot.find(*names, *(f"**/{name}" for name in names)))


@fact
def documents(repo: Repository) -> tuple[Document, ...]:
    """The Markdown files: README and model card, then those nearest to the top, at most `MAX_DOCUMENTS`.

    Documents that are data, such as the contract's corpus, and stores of texts for other documents are left out.
    """
    declared = contract(repo)
    corpus = (f"{declared.corpus}/",) if declared and declared.corpus else ()
    found = repo.snapshot.glob("*.md", "*.markdown", "README", "**/*.md")
    paths = sorted((path for path in found if not (path.startswith(corpus) or _is_data(path))), key=_weight)
    texts = ((path, repo.snapshot.text(path)) for path in paths[:MAX_DOCUMENTS])
    return tuple(document(path, text) for path, text in texts if text is not None and not is_store(text))


@fact
def measured_pages(repo: Repository) -> tuple[Document, ...]:
    """The README and the other pages that the contract lists for their measured blocks, without the model card."""
    declared, card = contract(repo), model_card(repo)
    listed = declared.blocks if declared else {}
    own = [page for page in documents(repo) if page.path in listed and page is not card]
    return tuple(dict.fromkeys(page for page in (readme(repo), *own) if page))


def _document(repo: Repository, path: str | None) -> Document | None:
    return next((document for document in documents(repo) if document.path == path), None)


def _is_data(path: str) -> bool:
    """Whether a document lies in a subfolder of data/ and is not a README or data sheet of it."""
    folders, name = path.lower().split("/")[:-1], path.rpartition("/")[2].lower()
    return len(folders) > 1 and folders[0] == "data" and not name.startswith(("readme", "dataset", "datasheet"))


def _weight(path: str) -> tuple[bool, int, str]:
    return not path.rpartition("/")[2].lower().startswith(("readme", "model")), path.count("/"), path
