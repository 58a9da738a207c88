"""What an owner has not written: `TODO(` marks, fillers, and the template's own words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from itertools import islice, product
from pathlib import PurePath, PurePosixPath
from typing import TYPE_CHECKING, Any

from scaffolder.check.engine.finding import Evidence, Verdict, done, missing, placeholder
from scaffolder.check.readers.markdown import Passage, Section
from scaffolder.check.readers.markdown_blocks import without_comments
from scaffolder.check.readers.markdown_inline import plain

if TYPE_CHECKING:
    from scaffolder.check.readers.markdown import Document
    from scaffolder.check.readers.markdown_blocks import Block
    from scaffolder.tree import Tree

Shingle = tuple[str, ...]

SAME_WORDS = 0.3
"""From this share of its three-word runs in a template on, a text is the template's: on real READMEs unedited
text scores 1.00, with 30% of its words changed 0.52, strangers' prose at most 0.07."""
MOST_DOCUMENTS = 10
MOST_COMBINATIONS = 64  # of a template's choices
VERBATIM = 0.9
"""From here on a single block is the template's as it stands, which nobody asks the owner to rewrite."""

_MARK = re.compile(
    r"\bTODO\s*[(:]|\bFIXME\b|lorem ipsum|\[more information needed\]|\breplace this (?:text|section)\b",
    re.IGNORECASE,
)
_FILLERS = (
    r"to ?do|tb[dac]|fixme|n ?/ ?a|none(?: yet)?|xxx+|coming soon|wip|work in progress|placeholder",
    r"(?:your |some )?text(?: goes)? here|fill (?:this )?in|more information needed",
    r"to be (?:written|done|added|determined|completed|filled in)|not measured yet.*|lorem ipsum.*",
    r"[<\[{](?:your|insert|add|describe|enter|write|fill)\b[^<>\[\]{}]*[>\]}]",
)
_BLANK = re.compile(rf"[\W_]*(?:{'|'.join(_FILLERS)})[\W_]*", re.IGNORECASE | re.DOTALL)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|[^\W_]+(?:['’][^\W_]+)?")
_CODE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
_JINJA = re.compile(r"\{%.*?%\}|\{#.*?#\}|\{\{.*?\}\}", re.DOTALL)


def words(text: str) -> list[str]:
    """The words of `text`, folded; of scripts without spaces, the characters."""
    return _WORD.findall(text.casefold())


def shingles(text: str) -> set[Shingle]:
    """The runs of three words in `text`; a shorter text is one run."""
    found = words(text)
    return set(zip(found, found[1:], found[2:], strict=False)) if len(found) > 2 else {tuple(found)} - {()}


def containment(text: str, stubs: frozenset[Shingle]) -> float:
    """Which share of `text`'s shingles stands in a template, from 0 to 1."""
    own = shingles(text)
    return len(own & stubs) / len(own) if own else 0.0


def marked(text: str) -> bool:
    """Whether `text` says itself that it is unfinished: a TODO mark, lorem ipsum, or nothing but "TBD"."""
    return bool(_MARK.search(text) or _BLANK.fullmatch(text[:500]))


def own_words(text: str) -> int:
    """How many words somebody wrote, each repeated run of words counted once."""
    found = words(text)
    return min(len(found), len(shingles(text)) + 2)


def written(passage: Passage | None, stubs: frozenset[Shingle], least: int = 20, path: str = "README.md") -> Verdict:
    """Whether a person wrote at least `least` words of their own in `passage`, and the lines that show it.

    Prose only: measured blocks, tables, code and headings are nobody's words.
    """
    if passage is None:
        return missing(Evidence("there is no such section", path))
    if left := unfinished(passage):
        return placeholder(*left)
    blocks = [block for block in passage.own if containment(plain(block.text), stubs) < VERBATIM]
    text = "\n".join(plain(block.text) for block in blocks)
    if passage.own and (not blocks or containment(text, stubs) >= SAME_WORDS):
        return placeholder(_as_generated(passage, blocks or list(passage.own), stubs))
    count = own_words(text)
    if count < least:
        return missing(Evidence(f"{count} words of its own, at least {least} are needed", passage.path, _line(passage)))
    return done(Evidence(f"{count} words of its own", passage.path, blocks[0].line))


def unfinished(passage: Passage) -> tuple[Evidence, ...]:
    """The blocks of `passage` that say that they are unfinished, tables and all, at most five."""
    found = (
        Evidence(f"unfinished: {_quoted(block.text)}", passage.path, block.line)
        for block in passage.blocks
        if block.kind != "fence" and not block.measured and _block_marked(block)
    )
    return tuple(evidence for _, evidence in zip(range(5), found, strict=False))


def _block_marked(block: Block) -> bool:
    if block.table:
        return any(marked(cell) for row in block.table.rows for cell in row if cell)
    return marked(plain(block.text))


def _as_generated(passage: Passage, blocks: list[Block], stubs: frozenset[Shingle]) -> Evidence:
    worst = max(blocks, key=lambda block: len(shingles(block.text) & stubs))
    share = containment(plain(worst.text), stubs)
    return Evidence(f"still the template's words ({share:.0%}): {_quoted(worst.text)}", passage.path, worst.line)


def _quoted(text: str) -> str:
    line = " ".join(plain(text).split())
    return f"“{line[:70]}…”" if len(line) > 71 else f"“{line}”"


def _line(passage: Passage) -> int | None:
    return passage.line if isinstance(passage, Section) else None


def stubs(pristine: Tree | None, documents: tuple[Document, ...]) -> frozenset[Shingle]:
    """The shingles of what the template wrote for these answers; without a record, of all templates.

    The sources lack the runs of words around a choice, so a repository that looks like ours is compared with what
    each choice gives, too. A stranger's is not: rendering takes longer than all else.
    """
    if pristine is not None:
        return _shingled(_pages(pristine))
    sources = _bundled_stubs()
    if any(containment(document.text, sources) >= SAME_WORDS for document in documents[:MOST_DOCUMENTS]):
        return sources | _rendered_stubs()
    return sources


def _pages(tree: Tree) -> Iterator[str]:
    return (file.data.decode("utf-8", "replace") for path, file in tree.items() if _is_prose(PurePosixPath(path)))


@cache
def _rendered_stubs() -> frozenset[Shingle]:
    """The shingles of the bundled templates, rendered for each combination of choices."""
    from scaffolder.template import catalog
    from scaffolder.template.answers import chosen, complete
    from scaffolder.template.render import render

    found: set[Shingle] = set()
    for template in map(catalog.bundled, catalog.names()):
        menus = {name: question.choices for name, question in template.questions.items() if question.choices}
        for picked in islice(product(*menus.values()), MOST_COMBINATIONS):
            answers = complete(template, chosen(dict(zip(menus, picked, strict=True))))
            found |= _shingled(_pages(render(template, answers, (".md",))))
    return frozenset(found)


def _is_prose(path: PurePath) -> bool:
    """Whether the template speaks there; documents below data/ are somebody's, and hold every common phrase."""
    return path.suffix == ".md" and ("data" not in path.parts or path.name == "DATASET.md")


@cache
def _bundled_stubs() -> frozenset[Shingle]:
    """The shingles of the templates' sources, for every choice at once; nothing is rendered."""
    from scaffolder.template.catalog import templates_folder

    folder = templates_folder()
    texts = [path.read_text("utf-8") for path in sorted(folder.rglob("*.md")) if _is_prose(path.relative_to(folder))]
    texts += [
        "\n\n".join(_strings(json.loads(path.read_text("utf-8"))))
        for path in sorted(folder.glob("*/cookiecutter.json"))
    ]
    return _shingled(_JINJA.sub(" ", text) for text in texts)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _strings(inner)


def _shingled(texts: Iterable[str]) -> frozenset[Shingle]:
    return frozenset().union(*map(_shingles_of, texts))


@lru_cache(maxsize=256)
def _shingles_of(document: str) -> frozenset[Shingle]:
    return frozenset(shingles(plain(_CODE.sub("\n", without_comments(document)))))
