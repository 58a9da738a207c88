"""Operator: somebody answers when it goes wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.engine.finding import Evidence, Level, State, Verdict, done, missing, placeholder
from scaffolder.check.engine.item import Item
from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.columns import personal
from scaffolder.check.readers.commands import Cited, absent, cited
from scaffolder.check.readers.make import Makefile
from scaffolder.check.readers.markdown import Document, Passage, normalised
from scaffolder.check.watching.plans import RISKS, empty_cells, find_plan, unfinished_cells
from scaffolder.check.words.parts import Part, own_text
from scaffolder.check.words.placeholders import Shingle, unfinished, written

SHOWN = 5  # pieces of evidence
LEAST_ROWS = 3
INCIDENT = (
    "incident",
    "incidents",
    "when an alert fires",
    "on call",
    "escalation",
    "report a problem",
    "reporting a vulnerability",
)
PRIVACY = re.compile(r"\b(?:privacy|personal (?:data|traits|information)|data protection|gdpr|pii)\b")

_BACK = re.compile(
    r"\b(?:roll(?:ed|ing|s)?[ -]?back|rollback|restor(?:e|ed|ing) the (?:previous|last|earlier))\b",
    re.IGNORECASE,
)
_RESTORES = re.compile(
    r"rollback|roll-back|\bundo\b|\bgit (?:checkout|revert|switch|restore|reset)\b|\brestore\b|\bpromote\b"
    r"|\bprevious\b|--to-revision|\b(?:IMAGE_)?(?:TAG|VERSION)=|:v?\d+\.\d|@sha256:",
    re.IGNORECASE,
)
_VERSION = re.compile(r"(?<![\w.=-])v?\d+\.\d+(?:\.\d+)?(?![\w.])|\bv\d+\b")
_NO_COLUMN = re.compile(
    r"\bno (?:personal|column|person|data (?:on|about))|\bnone of\b|\bnobody\b|\bno one\b|\bnot? .{0,40}person",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"[\w.+-]{1,64}@[\w-]+\.[\w.-]*\w|https?://[\w.-]+\.\w+[^\s)>\]]*|(?<![\w/@])@[A-Za-z][\w-]{1,38}\b"
    r"|\+?\d[\d ()/-]{7,}\d|(?<!\w)#[a-z][\w-]{2,}"
)
_NO_CONTACT = re.compile(
    r"example\.(?:com|org|net)|\byour[-_.@]|github\.com/your|localhost|127\.0\.0\.1|//0\.0\.0\.0|@(?:example|todo)",
    re.IGNORECASE,
)


class Rollback(Item):
    """Rollback: a command that brings the last good version back, and a version to bring back."""

    id = "rollback"
    level = Level.OPERATOR
    source = "Google's ML Test Score, Infra 7: models can be quickly and safely rolled back; NIST AI RMF, MANAGE 2.4"

    def check(
        self,
        documents: tuple[Document, ...],
        versions: dict[str, str],
        snapshot: Snapshot,
        makefile: Makefile | None,
    ) -> Verdict:
        """Write the command that rolls back, such as `git checkout v1.0.0 -- artifacts && make image`.

        And keep something to go back to: at least two versions, in a registry, in folders of models, as Git tags
        or in CHANGELOG.md. At night nobody wants to find out how.
        """
        steps = [(document.path, step) for document in documents for step in _rollbacks(document)]
        if not steps:
            return missing(Evidence("no document has a command that rolls back"))
        wrong = [
            Evidence(f"`{step.text[:60]}`: {what}", path, step.line)
            for path, step in steps
            if (what := absent(step.command, snapshot, makefile) or _unknown_version(step.text, versions))
        ]
        if wrong:
            return missing(*wrong[:SHOWN])
        restoring = next(((path, step) for path, step in steps if _RESTORES.search(step.text)), None)
        if restoring is None:
            return missing(
                *(
                    Evidence(f"`{step.text[:60]}` restores no earlier version", path, step.line)
                    for path, step in steps[:SHOWN]
                )
            )
        if len(versions) < 2:
            return missing(Evidence(f"{len(versions)} versions are known: there is nothing to roll back to"))
        path, step = restoring
        places = ", ".join(dict.fromkeys(versions.values()))
        return done(
            Evidence(f"`{step.text[:60]}`", path, step.line),
            Evidence(f"{len(versions)} versions ({places[:80]})"),
        )


def _rollbacks(document: Document) -> Iterator[Cited]:
    """The commands under a heading about rolling back, or beside words about it."""
    for section in document.sections:
        if _BACK.search(section.title):
            yield from cited(section)
    for before, block in zip((None, *document.blocks), document.blocks, strict=False):
        beside = block.kind == "fence" and before and before.kind != "heading" and _BACK.search(before.text)
        if block.kind != "heading" and (beside or (block.kind != "fence" and _BACK.search(block.text))):
            yield from cited(Part(document, [block]))


def _unknown_version(text: str, versions: dict[str, str]) -> str | None:
    known = {version.lstrip("v") for version in versions}
    named = [match[0] for match in _VERSION.finditer(text)]
    unknown = next((name for name in named if name.lstrip("v") not in known), None)
    return f"{unknown} is no known version" if unknown and versions else None


class RiskRegister(Item):
    """Risk register: for each risk its likelihood, impact, response and owner."""

    id = "risk-register"
    level = Level.OPERATOR
    source = "NIST AI RMF, MAP 5.1 and MANAGE 1.2 to 1.4"
    human = True

    def check(self, documents: tuple[Document, ...], stubs: frozenset[Shingle]) -> Verdict:
        """In docs/risk-register.md, give each risk a row: likelihood, impact (low, medium, high), response, owner.

        At least three rows, and no open question left. Who has thought about what could go wrong is trusted with more.
        """
        plan = find_plan(documents, RISKS, "risk")
        if plan is None:
            return missing(Evidence("no table of risks with likelihood, impact, response and owner"))
        path, line = plan.document.path, plan.table.line
        questions = unfinished(plan.document) if "risk" in path.lower() else ()
        if left := unfinished_cells(plan, stubs) or tuple(
            each for each in questions if "review" not in each.fact.lower()
        ):
            return placeholder(*left)
        if absent_columns := [name for name in RISKS if name not in plan.columns]:
            return missing(Evidence(f"the register has no column for {', '.join(absent_columns)}", path, line))
        problems = list(empty_cells(plan))
        if len(plan.table.rows) < LEAST_ROWS:
            problems.append(Evidence(f"{len(plan.table.rows)} rows, at least {LEAST_ROWS} are needed", path, line))
        if problems:
            return missing(*problems[:SHOWN])
        return done(Evidence(f"{len(plan.table.rows)} risks, each rated, answered and owned", path, line))


class Privacy(Item):
    """Privacy: the columns that tell who somebody is are named, and what is done with them."""

    id = "privacy"
    level = Level.OPERATOR
    source = "Google's ML Test Score, Data 5: appropriate privacy controls; NIST AI RMF, MEASURE 2.10"
    human = True

    def check(self, documents: tuple[Document, ...], columns: tuple[str, ...], stubs: frozenset[Shingle]) -> Verdict:
        """Under a heading "Privacy", name each column that tells who somebody is, and say how it is handled.

        Kept for how long, shortened, left out? If no column does, say so. The people in the data never see this page;
        somebody has to speak for them.
        """
        found = [
            section
            for document in documents
            for section in document.sections
            if PRIVACY.search(normalised(section.title))
        ]
        if not found:
            return missing(Evidence("no section is called Privacy"))
        verdicts = [(written(section, stubs, 12, section.path), section) for section in found]
        verdict, section = min(
            verdicts, key=lambda each: (State.DONE, State.PLACEHOLDER, State.MISSING).index(each[0].state)
        )
        if verdict.state is not State.DONE:
            return verdict
        text = own_text(section, stubs)
        people = personal(columns)
        unnamed = [name for name in people if not _names(text, name)]
        if unnamed:
            return missing(
                *(Evidence(f"{name} is not mentioned", section.path, section.line) for name in unnamed[:SHOWN])
            )
        # Where no column is about a person, a word such as "type" or "question" names one only as code.
        said = text if people else " ".join(re.findall(r"`([^`\n]+)`", "\n".join(block.text for block in section.own)))
        named = [name for name in columns if _names(said, name)]
        if not named and not _NO_COLUMN.search(text):
            return missing(Evidence("names no column of the data", section.path, section.line))
        what = f"names {', '.join(named[:6])}" if named else "says that no column tells who somebody is"
        return done(Evidence(what, section.path, section.line))


def _names(text: str, column: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(column)}(?!\w)", text) is not None


class IncidentContact(Item):
    """Incident contact: whom to tell when it does harm, and where it is written down."""

    id = "incident-contact"
    level = Level.OPERATOR
    source = "NIST AI RMF, MANAGE 4.3: incidents and errors are communicated to relevant AI actors"
    human = True

    def check(self, documents: tuple[Document, ...], stubs: frozenset[Shingle]) -> Verdict:
        """Under "When an alert fires" in docs/monitoring.md, or in SECURITY.md, write whom to tell and how.

        An address, a number or a channel that reaches somebody. The person who finds the fault is
        seldom the one who can stop it.
        """
        found: list[Passage] = [section for document in documents if (section := document.section(*INCIDENT))]
        found += [document for document in documents if document.path.rpartition("/")[2].lower() == "security.md"]
        verdicts = [_reachable(passage, stubs) for passage in found]
        if not verdicts:
            return missing(Evidence("no section says what happens after an incident"))
        order = (State.DONE, State.PLACEHOLDER, State.MISSING)
        return min(verdicts, key=lambda verdict: order.index(verdict.state))


def _reachable(passage: Passage, stubs: frozenset[Shingle]) -> Verdict:
    verdict = written(passage, stubs, 6, passage.path)
    if verdict.state is not State.DONE:
        return verdict
    where = verdict.evidence[0].line
    contacts = [match[0] for match in _CONTACT.finditer(own_text(passage, stubs))]
    real = [contact for contact in contacts if not _NO_CONTACT.search(contact)]
    if real:
        return done(Evidence(f"reachable at {real[0][:80]}", passage.path, where))
    if contacts:
        return placeholder(Evidence(f"{contacts[0][:80]} reaches nobody", passage.path, where))
    return missing(Evidence("no address, number, handle or channel", passage.path, where))
