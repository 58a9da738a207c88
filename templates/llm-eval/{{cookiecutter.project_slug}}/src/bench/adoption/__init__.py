"""Use a benchmark of your own: `make adopt BENCHMARK=file` shows what it will do, asks, and writes all or nothing.

reading: rows and documents -> cases: what they are and what is wrong -> here: show, ask and write
"""

import json
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..benchmark import sha256sums
from ..matrix import FILE as SYSTEMS
from ..reporting.markdown import cell
from ..settings import FILE, load_settings
from . import documents as described
from .cases import LEAST_CASES, MOST_VALUES, SHARES, propose
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
        BenchError: settings.toml cannot be read: its title, statistics and models are kept.
        BlockError: the marks of a document are wrong.
        OSError: a file cannot be read or written.
    """
    settings = load_settings()
    problems: Problems = []
    rows, form = read_rows(source, problems)
    copies, found = read_documents(documents) if documents else ({}, {})
    proposal = propose(rows, found, problems)
    if proposal is None or problems:
        raise refusal(source, problems)
    cases = "\n".join(item.case.model_dump_json() for item in proposal.items.values())
    files = {BENCHMARK: f"{cases}\n".encode(), **copies}
    files[SUMS] = sha256sums({path.relative_to(DATA).as_posix(): content for path, content in files.items()})
    facts = {
        "proposal": proposal,
        "counts": proposal.counts(),
        "copies": len(rows) - len(proposal.items),
        "most_values": MOST_VALUES,
        "least_cases": LEAST_CASES,
        "source": repr(source.name),
        "form": form,
        "documents": len(copies),
        "title": settings.title,
        "kept": settings.model_dump(include={"statistics", "models"}, exclude_unset=True),
        "sha256": sha256(files[SUMS]).hexdigest(),
    }
    files |= {PROMPTS / name: _text(name, facts) for name in ("plain.md", "brief.md") if proposal.task == "classify"}
    files |= {SYSTEMS: _text(f"{proposal.task}.toml", facts), FILE: _text("settings.toml", facts)}
    files |= described.rewritten(_text("dataset.md", facts).decode(), FILE, files[FILE])
    removed = leftovers([task.file for task in settings.tasks.values()], [*FORMER, *MADE], source, files)
    refuse_uncommitted([*files, *removed], MADE)
    facts |= {"written": [path for path in files if path not in copies], "removed": removed}
    if not agreed(_text("preview.txt", facts).decode(), yes):
        return 1
    for path in files:
        path.parent.mkdir(parents=True, exist_ok=True)
    replace(files, removed, FILE)
    print("Done. Next: make evaluate, then commit; answer what is left as TODO in the documents.")
    return 0


def _text(name: str, facts: dict[str, object]) -> bytes:
    return TEXTS.get_template(f"{name}.jinja").render(shares=SHARES, **facts).encode()
