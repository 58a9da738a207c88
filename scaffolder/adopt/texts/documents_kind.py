"""The kind `documents`: a folder of documents, perhaps with a list of questions about them.

list and read the files -> place the questions -> what the template's texts say of both

A template may name its places in the contract: `folder` of the documents, `benchmark` and `sums`, the hashes of all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path, PurePosixPath
from textwrap import shorten
from typing import Any

from scaffolder.adopt import literals
from scaffolder.adopt.kind import About, Adoption, Kind, Options
from scaffolder.adopt.texts import folder, question_list
from scaffolder.adopt.texts.folder import Listing
from scaffolder.adopt.texts.question_list import Benchmark
from scaffolder.errors import first_lines, one_line, shown
from scaffolder.template.answers import Data

ABOUT: Mapping[str, About] = {
    "title": About("What are the documents called? A title, such as: The staff handbook"),
    "source": About("Who wrote them, and when? Such as: written by the staff office in 2024"),
    "licence": About("Under which licence or permission may you show them?"),
    "readers": About("Who looks for answers in them, and how do they do it today?"),
    "harm": About("Who is worse off because of a wrong answer?"),
}
LONGEST_EXAMPLE = 80  # characters of the question that a project asks first
_BEGINNING = 20_000  # characters of a text in which a heading is looked for
_MOST_SHOWN = 20  # of a list in the preview


def adopt(source: Path, options: Options, contract: Mapping[str, Any]) -> Adoption:
    """Read the documents in the folder `source`, and the questions about them.

    Raises:
        AdoptionError: the folder or the list cannot be used.
    """
    listing = folder.read(source, folder.SEARCHED)
    benchmark = question_list.read(options.questions, listing) if options.questions else Benchmark()
    example = _example(listing, benchmark)
    facts = {
        **_counts(listing, benchmark),
        "example_toml": literals.toml(example),
        **{name: options.about.get(name, "").rstrip(".") for name in ABOUT},  # the texts end with a full stop
    }
    files, _ = folder.laid_out(listing, benchmark.data, contract)
    preview = tuple(_preview(listing, benchmark, example, asked=options.questions is not None))
    to_know = tuple(_to_know(benchmark, contract.get("to_fit", (0, 0))))
    return Adoption(Data("documents", facts, files), preview, to_know=to_know)


def example(place: Path, _contract: Mapping[str, Any]) -> tuple[Path, Options]:
    """A folder of documents with questions, written into the folder `place`, and the options that go with it."""
    (place / "docs").mkdir()
    (place / "docs/rules.md").write_text("---\nversion: 2\n---\n# Rules\n\nThe room opens at six.\n", encoding="utf-8")
    (place / "questions.csv").write_text("question,answer\nWhen does it open?,at six\nWho pays?,\n", encoding="utf-8")
    return place / "docs", Options(questions=place / "questions.csv", about=dict.fromkeys(ABOUT, "Words of the owner"))


def _counts(listing: Listing, benchmark: Benchmark) -> dict[str, Any]:
    kinds = Counter(PurePosixPath(name).suffix.lower() for name in listing.files)
    answerable = benchmark.count(answerable=True)
    return {
        "documents": literals.number(len(listing.files)),
        "formats": ", ".join(f"{kinds[one]:,} {one}" for one in folder.SEARCHED.suffixes if kinds[one]),
        "bytes": literals.number(sum(map(len, listing.files.values()))),
        "questions": len(benchmark.questions),
        "unanswerable": len(benchmark.questions) - answerable,
        "dev": benchmark.count(split="dev"),
        "test": benchmark.count(split="test"),
        "left_out": len(benchmark.problems),
    }


def _example(listing: Listing, benchmark: Benchmark) -> str:
    """A question that the documents answer; without one, what somebody may look for: a heading, or the name of a file.

    A sentence with a question mark behind it would be no question in any language.
    """
    asked = [one["question"] for one in benchmark.questions if one["evidence"]]
    if short := [one for one in asked if len(one) <= LONGEST_EXAMPLE and one.isprintable()]:
        return str(short[0])
    longest = max(listing.files, key=lambda name: len(listing.texts.get(name, "")))
    words = _heading(listing.texts.get(longest, "")) or PurePosixPath(longest).stem
    return one_line(shorten(words, LONGEST_EXAMPLE, placeholder="") or words[:LONGEST_EXAMPLE])


def _heading(text: str) -> str:
    """The first heading below the title; without one, the title; "" if there is none."""
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").parse(folder.front_matter(text)[1][:_BEGINNING])
    headings = [
        " ".join("".join(part.content for part in token.children if part.type in ("text", "code_inline")).split())
        for before, token in pairwise(tokens)
        if before.type == "heading_open" and token.children
    ]
    return next(iter([*filter(None, headings[1:]), *headings]), "")


def _preview(listing: Listing, benchmark: Benchmark, example: str, *, asked: bool) -> Iterator[str]:
    facts = _counts(listing, benchmark)
    yield f"Documents: {facts['documents']} ({facts['formats']}), {facts['bytes']} bytes."
    yield from _listed("Files that are left out", [f"{shown(name)} {why}" for name, why in listing.left_out.items()])
    yield f"What the project asks first, as an example: {shown(example, LONGEST_EXAMPLE)}"
    if not asked:
        yield "Questions: none, so nothing is measured yet; --questions names a list of them."
        return
    rows = facts["questions"] + facts["left_out"]
    yield (
        f"Questions: {facts['questions']:,} of {rows:,} rows, {facts['unanswerable']:,} of them "
        f"unanswerable; {facts['dev']:,} to choose settings on (dev), {facts['test']:,} to measure on (test)."
    )
    if benchmark.open:
        yield f"To be placed when the project reads its HTML, PDF and Word documents: {benchmark.open:,}."
    if benchmark.ignored:
        yield f"Columns that nothing reads: {', '.join(map(shown, benchmark.ignored))}."
    yield from _listed("Rows that are left out", benchmark.problems)


def _to_know(benchmark: Benchmark, to_fit: Sequence[int]) -> Iterator[str]:
    """The lines that tell the owner at the end what became of the questions.

    `to_fit` are the least answerable and unanswerable dev questions that it takes to fit the threshold for refusals.
    """
    if benchmark.problems:
        yield f"Questions of your list that are not in the project: {len(benchmark.problems):,}"
        yield from (f"  {problem}" for problem in benchmark.problems)
    dev = [benchmark.count(split="dev", answerable=answerable) for answerable in (True, False)]
    if any(count < least for count, least in zip(dev, to_fit, strict=True)):
        yield (
            f"The threshold for refusals is not fitted to your documents: that takes {to_fit[0]} answerable and "
            f"{to_fit[1]} unanswerable questions to choose settings on (dev), and there are {dev[0]} and {dev[1]}."
        )


def _listed(title: str, lines: Sequence[str]) -> Iterator[str]:
    if lines:
        yield f"{title}: {len(lines):,}"
        yield from (f"  {line}" for line in first_lines(lines, _MOST_SHOWN))


KIND = Kind("a folder of documents, perhaps with a list of questions about them", ABOUT, ("questions",), adopt, example)
