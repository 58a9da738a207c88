"""Sections that two students share nearly word for word: something for a teacher to look at, never a verdict.

Quotations, sources that both used and work in pairs are possible reasons. Sections of the same item of the same project
are compared by their runs of three words (Broder 1997, On the resemblance and containment of documents), without those
of the template. If the course asks for it, so are the lines of code, and of tests, that are the student's own.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from math import ceil
from typing import NamedTuple

from scaffolder.check.engine.finding import TO_JUDGE, Finding, State
from scaffolder.check.engine.repository import Repository
from scaffolder.check.items import BY_ID
from scaffolder.check.own_work import own_work
from scaffolder.check.readers.markdown import Passage
from scaffolder.check.readers.markdown_inline import plain, without_code
from scaffolder.check.report import examine
from scaffolder.check.template_words import (
    SAME_WORDS,
    WORD,
    Shingle,
    marked,
    of_template,
    runs_of,
    shingles,
    template_name,
    words,
)
from scaffolder.check.written import WrittenItem
from scaffolder.cohort.reviewing import WRITTEN, Job, handed_out, opened
from scaffolder.cohort.standing import Pair
from scaffolder.errors import ScaffolderError
from scaffolder.project.mine.kinds import Kind

LEAST_SHARE = 0.4
"""Two sections are shown if they share at least this part of the shorter one's runs. A copy with one word in four
replaced still does; independent answers to the same question share at most 0.1."""
LEAST_RUNS = 10  # runs that both have, such as twelve words in a row
COMMON = 3  # a passage of more than a third of the class, and of at least so many students, is a common source
MOST_COMPARED = 12_000  # characters of a section
MOST_PAIRS = 500  # pairs that are kept, those with the largest share
MOST_SHOWN = 1_500  # characters of a passage
_THERE = (*TO_JUDGE, State.PLACEHOLDER, State.FLAWED)
NOTE = (
    "Something to look at, not a verdict: quotations, sources that both used and work in pairs are possible reasons. "
    "The template's words do not count."
)


@dataclass(frozen=True)
class Section:
    """The paragraphs of a written item in its owner's words; runs of words from `template` do not count."""

    student: str
    project: str
    item: str
    paragraphs: tuple[str, ...]
    template: str = ""

    @property
    def runs(self) -> frozenset[Shingle]:
        """The runs of three words that are not the template's."""
        known = runs_of(self.template)
        return frozenset(run for text in self.paragraphs for run in shingles(text) if run not in known)


@dataclass(frozen=True)
class Read:
    """The sections of the project `name`, or why it cannot be read."""

    name: str
    sections: tuple[Section, ...] = ()
    problem: str = ""


@dataclass(frozen=True)
class Common:
    """A passage that more than a third of the class has, as one of the students wrote it."""

    project: str
    item: str
    students: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class Similar:
    """The passages to look at; `left_out` counts the pairs beyond `MOST_PAIRS`.

    `compared` is the number of sections, apart from those that are too `short`.
    """

    pairs: tuple[Pair, ...]
    common: tuple[Common, ...]
    left_out: int = 0
    compared: int = field(default=0, compare=False)
    short: int = field(default=0, compare=False)


@dataclass(frozen=True)
class _Runs:
    """A section, and its runs of three words that are compared."""

    section: Section
    runs: frozenset[Shingle]


class _Match(NamedTuple):
    """Two sections, and the share of the shorter one's runs that the longer one has."""

    share: float
    shorter: _Runs
    longer: _Runs


def read(jobs: Sequence[Job], *, code: bool = False) -> list[Read]:
    """Read the sections of some projects, as a task for `executor.run`; one that cannot be read has a `problem`.

    With `code`, the student's own lines of code are a section, too, and so are those of tests.
    """
    return [_read(job, code=code) for job in jobs]


def unread(job: Job, error: Exception) -> Read:
    """The outcome of a job that failed."""
    return Read(f"{job.snapshot.student}/{job.snapshot.project}", problem=str(error))


def _read(job: Job, *, code: bool) -> Read:
    student, project = job.snapshot.student, job.snapshot.project
    try:
        repo = opened(job)
    except ScaffolderError as error:
        return unread(job, error)
    template = template_name(repo)
    render = None if runs_of(template) else handed_out(job)
    found = examine(repo, project, only=WRITTEN, given={}).findings
    written = ((each.item, _paragraphs(repo, each, render)) for each in found)
    sections = [Section(student, project, item, paragraphs, template) for item, paragraphs in written if paragraphs]
    if code:
        sections += [Section(student, project, kind, lines) for kind, lines in _own_code(repo) if lines]
    return Read(f"{student}/{project}", tuple(sections))


def _own_code(repo: Repository) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The student's own lines of code and of tests, a text for each file."""
    found = own_work(repo).found
    if found is None:
        return
    for kind in (Kind.CODE, Kind.TESTS):
        yield str(kind), tuple(_within_bounds(found.own_text(share) for share in found.of(kind) if share.owner))


def _within_bounds(texts: Iterable[str]) -> Iterator[str]:
    room = MOST_COMPARED
    for text in texts:
        yield text[:room]
        room -= len(text[:room])


def _paragraphs(repo: Repository, finding: Finding, render: Repository | None) -> tuple[str, ...]:
    """The owner's words in an item, finished or not, as a reader sees them: paragraphs and rows of tables, no code.

    Words of the template, or of the same file in the `render`, and texts marked as unfinished are left out.
    """
    item = BY_ID[finding.item]
    passage = item().text(repo) if issubclass(item, WrittenItem) and finding.state in _THERE else None
    ours = shingles(plain(render.snapshot.text(passage.path) or "")) if render and passage else set()
    kept: list[str] = []
    room = MOST_COMPARED
    for text in _texts(passage) if passage else ():
        said = " ".join(plain(without_code(text)).split())[:room]
        if len(words(said)) > 2 and max(of_template(repo, said), _share(said, ours)) < SAME_WORDS:
            kept.append(said)
            room -= len(said)
    return tuple(kept)


def _share(text: str, known: Collection[Shingle]) -> float:
    """The share of the runs of a text that are `known`, from 0 to 1."""
    runs = shingles(text)
    return sum(run in known for run in runs) / len(runs) if known else 0.0


def _texts(passage: Passage) -> Iterator[str]:
    for block in passage.own:
        yield "\n".join(line for line in block.text.splitlines() if not marked(plain(line)))
    for block in passage.blocks:
        for row in block.table.rows if block.table and not block.measured else ():
            yield " ".join(cell for cell in row if not marked(plain(cell)))


def similar(sections: Iterable[Section], students: Mapping[str, int]) -> Similar:
    """The pairs of sections to look at, and the common sources; `students` is how many students each project has.

    Sections are compared with those of the same project and item, one group after the other, so that only the largest
    group must fit into memory. Two sections of one student are never compared.
    """
    best: list[_Match] = []
    number = compared = short = 0
    common: list[Common] = []
    ordered = sorted(sections, key=lambda each: (each.project, each.item, each.student))
    for (project, _), group in groupby(ordered, key=lambda each: (each.project, each.item)):
        known = [_Runs(each, each.runs) for each in group]
        compared += sum(len(each.runs) >= LEAST_RUNS for each in known)
        short += sum(len(each.runs) < LEAST_RUNS for each in known)
        counts = Counter(run for each in known for run in each.runs)
        most = max(students.get(project, 0) // 3, COMMON - 1)
        everywhere = frozenset(run for run, count in counts.items() if count > most)
        common += _common(known, everywhere, most)
        found = list(_matches([_Runs(each.section, each.runs - everywhere) for each in known], counts))
        number += len(found)
        best = sorted(best + found, key=lambda match: -match.share)[:MOST_PAIRS]
    pairs = [_pair(match) for match in best]
    unique = {(pair.project, pair.students, pair.texts): pair for pair in reversed(pairs)}  # items may share a section
    return Similar(tuple(reversed(unique.values())), tuple(common), number - len(best), compared, short)


def _matches(sections: Sequence[_Runs], counts: Mapping[Shingle, int]) -> Iterator[_Match]:
    """The pairs of sections that share enough.

    A shorter section shares at least `least` of its runs with a longer one only if one of its rarest
    `len(runs) - least + 1` is among them, so that only sections with one of those are looked at.
    """
    ordered = sorted(sections, key=lambda each: len(each.runs))
    index: dict[Shingle, list[int]] = defaultdict(list)
    for number, each in enumerate(ordered):
        for run in each.runs:
            if counts[run] > 1:
                index[run].append(number)
    for number, each in enumerate(ordered):
        least = max(ceil(LEAST_SHARE * len(each.runs)), LEAST_RUNS)
        rarest = sorted(each.runs, key=lambda run: (counts[run], run))[: max(len(each.runs) - least + 1, 0)]
        for other in sorted({other for run in rarest for other in index.get(run, ()) if other > number}):
            shared = len(each.runs & ordered[other].runs)
            if shared >= least:
                yield _Match(shared / len(each.runs), each, ordered[other])


def _pair(match: _Match) -> Pair:
    shared = match.shorter.runs & match.longer.runs
    one, other = sorted((match.shorter.section, match.longer.section), key=lambda each: each.student)
    texts = (_passage(one, shared), _passage(other, shared))
    return Pair(one.project, one.item, (one.student, other.student), round(match.share, 2), texts)


def _common(sections: Sequence[_Runs], everywhere: frozenset[Shingle], most: int) -> Iterator[Common]:
    """The common source, if more than `most` sections have one, in the words of the section with most of it."""
    users = [each for each in sections if len(each.runs & everywhere) >= LEAST_RUNS]
    if len(users) > most:
        fullest = max(users, key=lambda each: len(each.runs & everywhere)).section
        students = tuple(each.section.student for each in users)
        yield Common(fullest.project, fullest.item, students, _passage(fullest, everywhere))


def _passage(section: Section, runs: frozenset[Shingle]) -> str:
    """The words of a section that have `runs`: of each paragraph, from its first such run to its last."""
    found = (_stretch(paragraph, runs) for paragraph in section.paragraphs)
    text = " … ".join(filter(None, found))
    return text if len(text) <= MOST_SHOWN else f"{text[: MOST_SHOWN - 1]}…"


def _stretch(text: str, runs: frozenset[Shingle]) -> str:
    found = list(WORD.finditer(text))
    said = [word[0].casefold() for word in found]
    length = min(3, len(said))
    at = [number for number in range(len(said) - length + 1) if tuple(said[number : number + length]) in runs]
    return text[found[at[0]].start() : found[at[-1] + length - 1].end()] if at else ""
