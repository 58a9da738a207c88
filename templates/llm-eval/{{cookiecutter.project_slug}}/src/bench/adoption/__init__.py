"""Use a benchmark of your own: `make adopt BENCHMARK=file` shows what it will do, asks, and writes all or nothing.

reading: rows and documents -> cases: what they are and what is wrong -> here: show, ask and write
"""

import json
import tomllib
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..benchmark import sha256sums
from ..matrix import FILE as SYSTEMS
from ..reporting.markdown import cell
from ..reporting.run import commit
from ..settings import FILE, load_settings
from . import documents as described
from .cases import KAPPA, LEAST_CASES, MOST_VALUES, propose
from .reading import Problems, read_documents, read_rows, refusal
from .replacing import DATA, agreed, leftovers, refuse_uncommitted, replace

BENCHMARK, SUMS, PROMPTS = DATA / "benchmark.jsonl", DATA / "SHA256SUMS", Path("prompts")
FORMER = (  # what describes or is the former benchmark, beside what settings.toml lists
    *("data/corpus/**/*", "data/notes.jsonl", "data/LICENSE-PSF.txt", "data/shipped.md"),
    *("prompts/plain.md", "prompts/described.md", "prompts/brief.md", "docs/screenshot.png"),
)
MADE = (  # by `make evaluate`, as before; the log of looks at test cases stays
    *("reports/metrics.json", "reports/load.json", "reports/examples.json", "reports/*.csv", "reports/*.html"),
    *("reports/figures/*.svg", "reports/runs/*.jsonl", "artifacts/unfinished.jsonl"),
)
TEXTS = Environment(  # noqa: S701
    loader=FileSystemLoader(Path(__file__).with_name("texts")),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)
TEXTS.filters |= {"plain": cell, "toml": lambda value: json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")}


def adopt(source: Path, *, documents: Path | None, yes: bool) -> int:
    """Replace the benchmark by the cases in `source`. Returns 0, or 1 if the owner says no.

    Args:
        source: CSV or JSON lines: texts with labels, or questions with the evidence that answers them.
        documents: the folder with the Markdown and text files that the evidence is quoted from.
        yes: do not ask.

    Raises:
        AdoptionError: the file cannot be used, nobody can be asked, or work that Git does not have would be lost.
        BenchError: a file cannot be read. Of settings.toml the title, the lead, statistics and models are kept.
        BlockError: the marks of a document are wrong.
    """
    settings, problems, notes = load_settings(), Problems(), list[str]()
    rows, form = read_rows(source, problems)
    copies, found = read_documents(documents, notes) if documents else ({}, {})
    proposal = propose(rows, found, problems)
    if proposal is None or problems:
        raise refusal(source, problems)
    proposal.notes += notes
    cases = "".join(f"{item.case.model_dump_json()}\n" for item in proposal.items.values())
    files = {BENCHMARK: cases.encode(), **copies}
    files[SUMS] = sha256sums({path.relative_to(DATA).as_posix(): content for path, content in files.items()})
    facts = {
        "proposal": proposal,
        "counts": proposal.counts(),
        "most_values": MOST_VALUES,
        "least_cases": LEAST_CASES,
        "source": repr(source.name),
        "form": form,
        "documents": len(copies),
        "title": settings.title,
        "kept": settings.model_dump(include={"statistics", "models"}, exclude_unset=True),
        "sha256": sha256(files[SUMS]).hexdigest(),
        "former_lead": settings.lead,
        "in_git": commit() is not None,
    }
    files |= {PROMPTS / name: _text(name, facts) for name in ("plain.md", "brief.md") if proposal.task == "classify"}
    files[SYSTEMS] = _text(f"{proposal.task}.toml", facts)
    experiments = list(tomllib.loads(files[SYSTEMS].decode())["experiments"])
    facts["lead"] = [name for name in settings.lead if name in experiments] or experiments[:1]
    files[FILE] = _text("settings.toml", facts)
    agreement = "".join(f"- {cell(note)}" for note in proposal.notes if note.startswith(KAPPA))
    files |= described.rewritten(_text("dataset.md", facts).decode(), FILE, files[FILE], agreement=agreement)
    removed = leftovers([task.file for task in settings.tasks.values()], [*FORMER, *MADE], source, files)
    refuse_uncommitted(files, removed, MADE)
    facts |= {"written": [path for path in files if path not in copies], "removed": removed}
    if not agreed(_text("preview.txt", facts).decode(), yes):
        return 1
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
    replace(files, removed, FILE)
    print(
        "Done. Next: make dev, to try and choose on the dev cases; then make evaluate, to judge the choice on the test "
        "cases. Answer what is left as TODO in the documents, and commit."
    )
    return 0


def _text(name: str, facts: dict[str, object]) -> bytes:
    return TEXTS.get_template(f"{name}.jinja").render(**facts).encode()
