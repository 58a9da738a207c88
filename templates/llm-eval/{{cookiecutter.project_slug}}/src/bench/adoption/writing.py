"""What `make adopt` writes: the cases, their documents, the hashes, the settings, the systems, and texts for people."""

import json
import re
from collections.abc import Mapping
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ..errors import BenchError
from ..matrix import FILE as SYSTEMS
from ..reporting.markdown import cell
from ..settings import FILE, load_settings, read_toml
from .cases import Proposal
from .proposal import SHARES
from .replacing import DATA

BENCHMARK, SUMS, PROMPTS = DATA / "benchmark.jsonl", DATA / "SHA256SUMS", Path("prompts")
EXPERIMENTS = {"search": ["retrievers", "chunkers", "rerankers"], "classify": ["classifiers", "prompts"]}
TEXTS = Environment(  # noqa: S701
    loader=FileSystemLoader(Path(__file__).with_name("texts")),
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
    undefined=StrictUndefined,
)
TEXTS.globals["shares"] = SHARES
FORMER = (  # what describes or is the former benchmark, beside what settings.toml lists
    *("data/corpus/**/*", "data/notes.jsonl", "data/LICENSE-PSF.txt", "data/shipped.md"),
    *("prompts/plain.md", "prompts/described.md", "prompts/brief.md", "docs/screenshot.png"),
)
MADE = (  # by `make evaluate`, as before; the log of looks at test cases stays
    *("reports/metrics.json", "reports/load.json", "reports/*.csv", "reports/*.html"),
    *("reports/figures/*.svg", "reports/runs/*.jsonl", "artifacts/unfinished.jsonl"),
)


def contents(proposal: Proposal, source: Path, form: str) -> tuple[dict[Path, bytes], str]:
    """All files but the documents for people; and the text of DATASET.md.

    Raises:
        BenchError: settings.toml cannot be read; its title, statistics and models are kept.
    """
    lines = [json.dumps(item.case, ensure_ascii=False) + "\n" for item in proposal.items]
    files: dict[Path, bytes] = {BENCHMARK: "".join(lines).encode(), **proposal.files}
    hashes = {path.relative_to(DATA).as_posix(): sha256(content).hexdigest() for path, content in files.items()}
    files[SUMS] = "".join(f"{digest}  {name}\n" for name, digest in sorted(hashes.items())).encode()
    settings, kept, ours = load_settings(), read_toml(FILE), EXPERIMENTS[proposal.task]
    facts: Mapping[str, object] = {
        "proposal": proposal,
        "kept": {name: kept[name] for name in ("statistics", "models") if name in kept},
        "lead": list(dict.fromkeys([*(one for one in settings.lead if one in ours), ours[0]])),
        "title": settings.title,
        "sha256": sha256(files[SUMS]).hexdigest(),
        "source": source,
        "form": form,
    }
    files[SYSTEMS] = text(f"{proposal.task}.toml", **facts).encode()
    if proposal.task == "classify":
        files |= {PROMPTS / name: text(name).encode() for name in ("plain.md", "brief.md")}
    files[FILE] = text("settings.toml", **facts).encode()
    return files, text("dataset.md", **facts)


def text(name: str, **values: object) -> str:
    TEXTS.filters |= {"plain": cell, "toml": _toml}
    return TEXTS.get_template(f"{name}.jinja").render(**values)


def former() -> list[str]:
    with suppress(BenchError):
        return [task.file for task in load_settings().tasks.values()]
    return []


def _toml(value: object, *, key: bool = False) -> str:
    """JSON's strings are TOML's, but for one character; a plain key needs no quotes."""
    quoted = json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return str(value) if key and re.fullmatch(r'"[A-Za-z0-9_-]+"', quoted) else quoted
