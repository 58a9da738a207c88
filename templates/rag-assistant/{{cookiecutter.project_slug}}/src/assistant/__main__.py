"""The command line: `python -m assistant STEP`, run from the repository's root."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path

from dotenv import load_dotenv

from .exits import exit_code

os.environ.setdefault("OMP_NUM_THREADS", "1")  # before numpy is imported, so that sums are equal on every machine

Arguments = argparse.Namespace


def run_ingest(arguments: Arguments) -> int:
    """Index new and changed documents, and remove deleted ones from the index."""
    from .documents.ingest import ingest
    from .documents.progress import TerminalProgress
    from .monitoring.baseline import read_baseline, record_baseline
    from .settings import load_settings
    from .wiring import make_embedder, make_store

    settings = load_settings()
    folder = arguments.docs or Path(settings.corpus.folder)
    embedder = make_embedder(settings)
    store = make_store(settings, embedder.dimensions)
    report = ingest(folder, store, embedder, settings, TerminalProgress())
    for reason in report.refused.values():
        print(f"Refused: {reason}", file=sys.stderr)
    changed = len(report.added) + len(report.changed) + len(report.removed)
    if changed or read_baseline(store) is None:
        record_baseline(store, embedder, settings)
    print(
        f"{folder}: {len(report.added)} documents added, {len(report.changed)} changed, {len(report.removed)} removed, "
        f"{len(report.unchanged)} unchanged{' (but split and embedded again)' if report.rebuilt else ''}; "
        f"{report.chunks} passages in the index."
    )
    return 0


def run_ask(arguments: Arguments) -> int:
    """Answer one question and show the passages that the answer rests on."""
    from .settings import load_settings
    from .wiring import make_assistant

    answer = make_assistant(load_settings()).ask(arguments.question, filters(arguments.where))
    print(answer.text)
    for one in answer.citations:
        print(f"\n[{one.number}] {place(one.title, one.section)} ({one.document})\n    {' '.join(one.quote.split())}")
    print(f"\nconfidence {answer.confidence:.2f}, answered by {answer.model}")
    return 0


def run_search(arguments: Arguments) -> int:
    """List the passages nearest to a question, with their scores."""
    from .settings import load_settings
    from .wiring import make_assistant

    for hit in make_assistant(load_settings()).search(arguments.question, filters(arguments.where)):
        print(f"{hit.score:.3f}  {place(hit.chunk.title, hit.chunk.section)} ({hit.chunk.document})")
    return 0


def run_tune(_: Arguments) -> int:
    """Choose on the dev questions the confidence below which to refuse."""
    from .evaluation import tuning
    from .settings import load_settings

    settings = load_settings()
    print(tuning.summary(tuning.tune(settings), settings))
    return 0


def run_evaluate(_: Arguments) -> int:
    """Measure on the test questions; write reports/; exit 1 if a gate fails."""
    from .evaluation import evaluate
    from .reporting.metrics import failures
    from .settings import load_settings

    report = evaluate.evaluate(load_settings())
    print(evaluate.summary(report))
    failed = failures(report.gates)
    for sentence in failed:
        print(f"Gate failed: {sentence}", file=sys.stderr)
    return 1 if failed else 0


def run_report(_: Arguments) -> int:
    """Rewrite the measured blocks of README.md and MODEL_CARD.md from reports/."""
    from . import report
    from .settings import load_settings

    changed = report.write(load_settings())
    names = " and ".join(map(str, changed))
    print(f"Rewrote the measured blocks of {names}." if changed else "Nothing to rewrite.")
    return 0


def run_serve(_: Arguments) -> int:
    """Serve the API and its page."""
    from .serving import app

    app.serve()
    return 0


def run_load(_: Arguments) -> int:
    """Measure the API's latency; write reports/load.json."""
    from . import loadtest

    loadtest.run()
    return 0


def run_activity(arguments: Arguments) -> int:
    """Summarise the question log: what was asked, refused and rated, and whether scores drift."""
    from .monitoring.activity import ActivityLog
    from .monitoring.baseline import read_baseline
    from .monitoring.summary import summary
    from .serving.app import Config
    from .serving.config import read_config
    from .settings import load_settings
    from .wiring import make_embedder, make_store

    settings = load_settings()
    baseline = read_baseline(make_store(settings, make_embedder(settings).dimensions))
    print(summary(ActivityLog(read_config(Config).activity), baseline, arguments.days))
    return 0


STEPS: dict[str, Callable[[Arguments], int]] = {
    "ingest": run_ingest,
    "ask": run_ask,
    "search": run_search,
    "tune": run_tune,
    "evaluate": run_evaluate,
    "report": run_report,
    "serve": run_serve,
    "load": run_load,
    "activity": run_activity,
}


def place(title: str, section: Iterable[str]) -> str:
    """Title and headings; the first heading is often the title again, and is then left out."""
    return " > ".join(dict.fromkeys([title, *section]))


def filters(pairs: list[tuple[str, str]]) -> dict[str, list[str]]:
    """`[("kind", "topics"), ("kind", "modules")]` -> `{"kind": ["topics", "modules"]}`."""
    return {name: [value for other, value in pairs if other == name] for name, _ in pairs}


def pair(text: str) -> tuple[str, str]:
    """`field=value` in two parts."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"write field=value, not {text!r}")
    return name, value


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    root = argparse.ArgumentParser(prog="python -m assistant", description=__doc__)
    parsers = root.add_subparsers(dest="step", required=True, metavar="STEP")
    steps = {name: parsers.add_parser(name, help=step.__doc__) for name, step in STEPS.items()}
    steps["ingest"].add_argument("--docs", type=Path, metavar="FOLDER", help="instead of the settings' corpus folder")
    for name in ("ask", "search"):
        steps[name].add_argument("question")
        steps[name].add_argument(
            "--where", type=pair, action="append", default=[], metavar="FIELD=VALUE", help="only documents of this kind"
        )
    steps["activity"].add_argument("--days", type=float, default=7.0, help="how far to look back (default: 7)")
    return root


def main(arguments: list[str] | None = None) -> int:
    """Run one step. Returns 0, 1 if a quality gate failed, 2 if the input cannot be used."""
    chosen = parser().parse_args(arguments)
    load_dotenv(".env")
    return exit_code(partial(STEPS[chosen.step], chosen))


if __name__ == "__main__":
    sys.exit(main())
