"""The command line: `python -m assistant STEP`, run from the repository's root."""

from __future__ import annotations

import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from dotenv import load_dotenv

from .exits import exit_code, gate_code
from .settings import Settings, SettingsError, load_settings

# Before numpy is imported, which each step does by itself, so that sums are equal on every machine.
os.environ.setdefault("OMP_NUM_THREADS", "1")

FURTHER = 3  # sources below an answer


def benchmark(settings: Settings, _: Namespace) -> int:
    """Compare the benchmark with the documents, and write the hashes of both; exit 1 if a question does not fit."""
    from .evaluation.benchmark import SUMS, seal
    from .evaluation.cases import documents_of
    from .wiring import open_assistant

    with open_assistant(settings) as assistant:
        unplaced = seal(settings, documents_of(assistant.index.store))
    print(f"Wrote {SUMS}.", *unplaced, sep="\n")
    return int(bool(unplaced))


def ingest(settings: Settings, arguments: Namespace) -> None:
    """Index new and changed documents, and remove deleted ones from the index."""
    from .ingestion import ingest
    from .wiring import open_index

    folder, index = arguments.docs or Path(settings.corpus.folder), open_index(settings)
    with closing(index.store):
        report = ingest.ingest(folder, index, settings)
    for reason in report.refused.values():
        print(f"Refused: {reason}", file=sys.stderr)
    print(f"{folder}: {report.text}")


def ask(settings: Settings, arguments: Namespace) -> None:
    """Answer one question and show the passages that the answer rests on."""
    from .answering.assistant import place
    from .wiring import open_assistant

    question = settings.corpus.example if arguments.question is None else arguments.question
    with open_assistant(settings) as assistant:
        answer = assistant.ask(question)
    named = {one.id: f"{place(one.title, one.section)} ({one.document})" for one in (hit.chunk for hit in answer.hits)}
    cited = [named[one.chunk] for one in answer.citations]
    others = [one for one in dict.fromkeys(named.values()) if one not in cited][:FURTHER]
    print(answer.question, answer.text, sep="\n\n", end="\n\n")
    if answer.cut_off:
        print("The answer is cut off here: raise max_tokens in settings.toml.", end="\n\n")
    for number, one in enumerate(cited, 1):
        print(f"[{number}] {one}")
    print("Nearest passages:" if answer.abstained else "Further sources:", *(others or ["none"]), sep="\n  ")
    least = f"refused below {settings.answering.abstain_below:.3f}"
    shown = int(answer.confidence * 1000 + 1e-6) / 1000  # never rounded up to the threshold
    print(f"Confidence {shown:.3f} ({least}), by {answer.model}")


def tune(settings: Settings, _: Namespace) -> None:
    """Propose, from the dev questions, when to refuse, how to weigh embeddings, and gates."""
    from .evaluation import tuning
    from .report import printed

    print(printed("tuning.jinja", **tuning.tune(settings)))


def evaluate(settings: Settings, arguments: Namespace) -> int:
    """Measure on the test questions; write and report it; exit 1 if a gate fails."""
    from .evaluation import runner
    from .report import printed
    from .reporting.metrics import failures

    measured = runner.evaluate(settings, yes=arguments.yes)
    if measured:
        print(printed("summary.jinja", report=measured))
    report(settings, arguments)
    return gate_code(failures(measured.gates)) if measured else 0


def experiment(settings: Settings, arguments: Namespace) -> None:
    """Measure changed settings of experiments/ on the dev questions; write a decision record."""
    from .evaluation import experiment
    from .reporting import experiments
    from .reporting.markdown import estimate

    page = experiment.measure(arguments.name, settings)
    found = experiments.measured()[arguments.name]
    print(f"{next(iter(found['measures']))}: a gain of {estimate(found['gain'], found['ci95'])}; above 0 is better.")
    print(f"The facts are in {page}: say there what you expected and what you decided.")


def drift(_: Settings, arguments: Namespace) -> int:
    """Compare the questions that the running service was asked with the test questions; exit 1 if they differ."""
    from . import drift

    said, shifted = drift.drift(arguments.address or f"http://127.0.0.1:{os.environ.get('ASSISTANT_PORT') or 8000}")
    print(said)
    return int(shifted)


def report(settings: Settings, _: Namespace) -> None:
    """Rewrite the measured blocks of README.md, MODEL_CARD.md and docs/ from reports/."""
    from . import report

    changed = report.write(settings)
    print(f"Rewrote the measured blocks of {', '.join(map(str, changed))}." if changed else "Nothing to rewrite.")


def serve(settings: Settings, _: Namespace) -> None:
    """Serve the API and its page."""
    from .serving import app

    app.serve(settings)


def site(settings: Settings, _: Namespace) -> None:
    """Write site/, the page with recorded answers, for a host that only hands out files."""
    from .serving import site

    print(f"Wrote site/index.html with {site.write(settings)} recorded answers.")


DEMO: dict[str, Callable[[Settings, Namespace], int | None]] = {
    "Step 1 of 3: index the documents. Left: ask a question, measure on the test questions.": ingest,
    "Step 2 of 3: ask a question. Left: measure on the test questions.": ask,
    "Step 3 of 3: measure on the test questions and write the reports.": evaluate,
}


def demo(settings: Settings, arguments: Namespace) -> int:
    """Run ingest, ask and evaluate in one process; exit 1 if a gate fails."""
    for sentence, step in DEMO.items():
        print(sentence, flush=True)
        code = step(settings, arguments)
    return code or 0


STEPS: dict[str, Callable[[Settings, Namespace], int | None]] = {
    step.__name__: step
    for step in (benchmark, ingest, ask, tune, experiment, evaluate, report, serve, site, drift, demo)
}


def parser() -> ArgumentParser:
    """The parser of the command line."""
    root = ArgumentParser(prog="python -m assistant", description=__doc__)
    parsers = root.add_subparsers(dest="step", required=True, metavar="STEP")
    steps = {name: parsers.add_parser(name, help=step.__doc__) for name, step in STEPS.items()}
    steps["ingest"].add_argument("--docs", type=Path, metavar="FOLDER", help="instead of the settings' corpus folder")
    steps["ask"].add_argument("question", nargs="?", help="instead of the settings' example")
    steps["experiment"].add_argument("name", nargs="?", default="", help="of a file in experiments/, without .toml")
    steps["drift"].add_argument("address", nargs="?", help="of the service, if it runs elsewhere")
    for name in ("evaluate", "demo"):
        steps[name].add_argument("--yes", action="store_true", help="do not ask")
    steps["demo"].set_defaults(docs=None, question=None)
    return root


def main(arguments: list[str] | None = None) -> int:
    """Run one step. Returns 0, 1 if a quality gate failed or a question does not fit, 2 if the input cannot be used."""
    chosen = parser().parse_args(arguments)
    return exit_code(lambda: run(chosen))


def run(chosen: Namespace) -> int:
    """Run a step with the variables of `.env`."""
    try:
        load_dotenv(".env")
    except UnicodeDecodeError:
        raise SettingsError(".env is not UTF-8 text; save it as UTF-8") from None
    return STEPS[chosen.step](load_settings(), chosen) or 0


if __name__ == "__main__":
    sys.exit(main())
