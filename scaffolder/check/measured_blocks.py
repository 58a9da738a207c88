"""The measured blocks of the documents, compared with `reports/blocks.json`, where `make report` stamps each of them.

A stamp has the SHA-256 of the block's text, the metrics that the block shows, and the SHA-256 of the
`reports/metrics.json` that it was written from. So a block that somebody changed is found to the byte, and one that is
older than the measurements, too. Numbers outside of measured blocks are compared with nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from typing import Any, NamedTuple

from scaffolder.check.contract import PATH as CONTRACT
from scaffolder.check.contract import contract
from scaffolder.check.documents import readme
from scaffolder.check.engine.repository import Repository, fact
from scaffolder.check.engine.verdict import Verdict, missing, placeholder, unverified
from scaffolder.check.readers.markdown_blocks import measured_spans
from scaffolder.check.readers.metric_names import canonical
from scaffolder.check.readers.metrics import PATH as METRICS
from scaffolder.check.readers.metrics import parsed
from scaffolder.check.readers.values import table
from scaffolder.results.finding import Evidence

PATH = "reports/blocks.json"
NOT_MEASURED = "Not measured yet"


class MeasuredBlock(NamedTuple):
    """A measured block, the metrics that it shows by its stamp, and its fault, "" if it has none."""

    path: str
    line: int | None  # of its opening mark
    text: str
    metrics: tuple[str, ...]  # canonical names
    fault: str

    @property
    def problem(self) -> Evidence:
        """The fault as evidence, with its place."""
        return Evidence(self.fault, self.path, self.line)


@fact
def measured_blocks(repo: Repository) -> tuple[MeasuredBlock, ...]:
    """The blocks of the documents that the contract lists, declared or not; none without such documents."""
    declared = contract(repo)
    listed = declared.blocks if declared else {}
    stamps = parsed(repo, PATH)
    measured = digest(repo.snapshot.text(METRICS) or "")
    return tuple(block for path, names in listed.items() for block in _of_document(repo, path, names, stamps, measured))


def _of_document(
    repo: Repository, path: str, names: Iterable[str], stamps: object, measured: str
) -> Iterator[MeasuredBlock]:
    source = repo.snapshot.text(path) or ""
    lines, spans = source.split("\n"), measured_spans(source)
    for name in set(names) - {span.name for span in spans}:
        yield MeasuredBlock(path, None, "", (), f"the measured block {name} is gone")
    for name, line, end in spans:
        text = "\n".join(lines[line : end - 1])
        stamp = table(table(stamps, path), name)
        metrics = stamp.get("metrics")
        shown = tuple(canonical(each) for each in metrics if isinstance(each, str)) if isinstance(metrics, list) else ()
        yield MeasuredBlock(path, line, text, shown, _fault(name, text, stamp, measured))


def _fault(name: str, text: str, stamp: Mapping[str, Any], measured: str) -> str:
    if not stamp:
        return f"{PATH} has nothing about the measured block {name}"
    if stamp.get("sha256") != digest(text):
        return f"the measured block {name} is not as `make report` wrote it"
    if stamp.get("metrics_sha256") != measured:
        return f"the measured block {name} was written from other measurements than those in {METRICS}"
    return ""


def digest(text: str) -> str:
    """The SHA-256 of a text, whatever its line ends and however many of them are around it."""
    return sha256("\n".join(text.strip("\r\n").splitlines()).encode(errors="replace")).hexdigest()


def unstamped(repo: Repository) -> Verdict | None:
    """The verdict where no measured block can be compared; None if the blocks have stamps."""
    if not measured_blocks(repo):
        nothing = f"it lists no measured blocks, and only these are compared with {METRICS}"
        return missing(Evidence(nothing, CONTRACT))
    if repo.snapshot.text(PATH) is None:
        why = f"there is no {PATH}, which says what a run wrote into the measured blocks"
        return unverified(f"{why}: run `make report`; if it writes no such file, run `scaffolder update` first")
    return None


def nothing_measured(repo: Repository) -> Verdict:
    """The verdict without a report: a placeholder if the README itself says that nothing was measured yet."""
    page = readme(repo)
    line = next((number for number, text in enumerate(page.lines, 1) if NOT_MEASURED in text), None) if page else None
    if page and line:
        return placeholder(Evidence("not measured yet", page.path, line))
    return missing(Evidence("there is no such file", METRICS))
