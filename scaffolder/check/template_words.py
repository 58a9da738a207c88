"""Tells an owner's words from the template's, by open questions and by runs of three words that both have."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cache, lru_cache

from scaffolder.check.contract import contract
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.initial_render import initial_render, is_prose, recorded
from scaffolder.check.readers.markdown_blocks import without_comments
from scaffolder.check.readers.markdown_inline import plain, without_code

Shingle = tuple[str, ...]
Index = Mapping[Shingle, Sequence[int]]  # a run of words -> the paragraphs that have it

SAME_WORDS = 0.3
"""A paragraph counts as the template's, not the owner's, if one paragraph of the template has at least this share of
its three-word runs. Unedited text scores near 1.00 (0.5 where answers put many words in), text with 30% of its words
changed 0.52, strangers' prose at most 0.1 (Broder 1997, On the resemblance and containment of documents)."""
SAME_CODE = 0.9  # the same share of a block of code, such as a diagram

_MARK = re.compile(
    r"\bTODO\(|\A\W*(?-i:TODO|FIXME|TBD|TBA)\b|\blorem ipsum\b|\[more information needed\]", re.IGNORECASE
)
WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+(?:['’][^\W_]+)?")
_FENCE = re.compile(r"^```[^\n]*\n(.*?)^```", re.DOTALL | re.MULTILINE)
_PARAGRAPH = re.compile(r"\n\s*\n|\n(?=\s*[-*] )")
_STATEMENT = re.compile(r"^[ \t]*\{%[^%]*%\}[ \t]*$", re.MULTILINE)
_JINJA = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)


def marked(text: str) -> bool:
    """Whether `text` is marked as unfinished: by an open question, or by filler such as "lorem ipsum"."""
    return bool(_MARK.search(text))


def words(text: str) -> list[str]:
    """The words of `text`, folded; of scripts without spaces, the characters."""
    return WORD.findall(text.casefold())


def shingles(text: str) -> set[Shingle]:
    """The runs of three words in `text`; a shorter text is one run."""
    found = words(text)
    return set(zip(found, found[1:], found[2:], strict=False)) if len(found) > 2 else {tuple(found)} - {()}


@fact
def template_name(repo: Repository) -> str:
    """The template that the repository was made from, as its contract or its record says; "" if neither does."""
    declared = contract(repo)
    if declared and declared.template:
        return declared.template
    generated = recorded(repo)
    return generated.template if generated else ""


def of_template(repo: Repository, text: str) -> float:
    """The largest share of the runs of `text` that one paragraph of the repository's template has, from 0 to 1.

    The template is the installed one and, of any other, the documents that were handed out, where they are known.
    """
    return _share(text, _paragraphs(_texts(repo)))


def code_of_template(repo: Repository, text: str) -> float:
    """The largest share of the runs of `text` that one code block of the template's documents has, from 0 to 1."""
    return _share(text, _code(_texts(repo)))


@fact
def _texts(repo: Repository) -> tuple[str, ...]:
    return (*_sources(template_name(repo)), *map(without_comments, initial_render(repo).texts))


def _share(text: str, index: Index) -> float:
    own = shingles(text)
    found = Counter(place for run in own for place in index.get(run, ()))
    return max(found.values(), default=0) / len(own) if own else 0.0


@lru_cache(maxsize=8)  # the repositories of a cohort were handed out with the same texts
def _paragraphs(texts: tuple[str, ...]) -> Index:
    """An index of the paragraphs in these documents, each with its code and without."""
    parts = (part for text in texts for part in _PARAGRAPH.split(_FENCE.sub("\n\n", text)))
    return _indexed(shingles(plain(part)) | shingles(plain(without_code(part))) for part in parts)


@lru_cache(maxsize=8)
def _code(texts: tuple[str, ...]) -> Index:
    return _indexed(shingles(code) for text in texts for code in _FENCE.findall(text))


def _indexed(parts: Iterable[set[Shingle]]) -> Index:
    index: dict[Shingle, list[int]] = defaultdict(list)
    for number, runs in enumerate(parts):
        for run in runs:
            index[run].append(number)
    return index


@cache
def _sources(name: str) -> tuple[str, ...]:
    """The template's documents and questions, with the text of every choice: nothing is rendered."""
    from scaffolder.template import catalog

    if name not in catalog.names():
        return ()
    folder = catalog.templates_folder() / name
    texts = [
        path.read_text("utf-8") for path in sorted(folder.rglob("*.md")) if is_prose(str(path.relative_to(folder)))
    ]
    questions = (folder / "cookiecutter.json").read_text("utf-8")  # a text in each line
    texts.append(questions.replace("\\n", " ").replace("\n", "\n\n"))
    return tuple(without_comments(_JINJA.sub(" ", _STATEMENT.sub("\n", text))) for text in texts)
