"""The command line: `python -m service COMMAND`, run from the repository's root."""

import argparse
import sys
from collections.abc import Callable
from datetime import date, timedelta

from . import deploying, lineage, registry
from .exits import exit_code, gate_code
from .monitoring import watch
from .reporting.markdown import estimate
from .reporting.metrics import failures
from .settings import load_settings

Arguments = argparse.Namespace


def run_train(given: Arguments) -> None:
    """Train a candidate, and register it as a version."""
    from . import training

    settings = load_settings()
    recipe = given.candidate or next(iter(settings.training.candidates))
    candidate = training.train(
        settings, until=given.until or settings.periods.train_to + timedelta(days=1), candidate=recipe
    )
    kept = registry.open_registry(settings)
    aliases = " and ".join(kept.version(version := kept.register(candidate)).aliases)
    what_next = f"It is the {aliases} already." if aliases else f"Release it: make deploy VERSION={version}"
    print(f"Registered version {version}. {what_next}")


def run_deploy(given: Arguments) -> int:
    """Release a version in stages; exit 1 if it was declined or rolled back."""
    return deploying.deploy(load_settings(), given.version, yes=given.yes)


def run_approve(given: Arguments) -> None:
    """Sign a version off in a file."""
    print(f"Wrote {deploying.sign(load_settings(), given.version, given.by, given.reason, given.act)}.")


def run_approved(given: Arguments) -> int:
    """Say whether the file that signs a version off fits its model; exit 1 if not."""
    return deploying.approved(load_settings(), given.version)


def run_rollback(given: Arguments) -> int:
    """End the release under way, or go back to the version before."""
    return deploying.rollback(load_settings(), given.reason)


def run_up(_: Arguments) -> int:
    """Start the router and the champion."""
    return deploying.up(load_settings())


def run_down(_: Arguments) -> int:
    """Stop all processes."""
    return deploying.down()


def run_supervise(_: Arguments) -> None:
    """Start the router and the champion again when they have died."""
    deploying.supervise()


def run_status(_: Arguments) -> int:
    """Say what runs, and which version answers."""
    return deploying.status()


def run_monitor(given: Arguments) -> int:
    """Measure what is known by a day; exit 1 while an alarm is open."""
    result = watch.monitor(load_settings(), given.day)
    print(result.sentence)
    return 1 if result.alerts else 0


def run_retrain(given: Arguments) -> None:
    """Train on what is known by a day, and register the challenger if it passes its gate."""
    from . import training

    print(training.retrain(load_settings(), given.day).sentence)


def run_experiment(given: Arguments) -> None:
    """Measure a change of experiments/ beside the champion; write its decision record."""
    from . import experiment
    from .reporting import experiments

    page = experiment.measure(given.name, load_settings())
    found = experiments.measured()[given.name]
    print(f"{next(iter(found['measures']))}: a gain of {estimate(found['gain'], found['ci95'])}; above 0 is better.")
    print(f"The facts are in {page}: say there what you expected and what you decided.")


def run_lineage(given: Arguments) -> None:
    """Trace a prediction to its model, commit and rows."""
    print(lineage.trace(given.id, load_settings()))


def run_drill(_: Arguments) -> int:
    """Run the whole story on the replayed rows."""
    from . import drill

    return drill.drill(load_settings())


def run_evaluate(_: Arguments) -> int:
    """Measure the champion on the latest outcomes; write and report it; exit 1 if a gate fails."""
    from . import evaluation

    report = evaluation.evaluate(load_settings())
    print(f"{report.model}, outcomes of {' to '.join(report.period)}, with 95% intervals:")
    for one in report.metrics:
        print(f"  {one.label:<18} {estimate(one.value, one.ci95)}")
    run_report(_)
    return gate_code(failures(report.gates))


def run_report(_: Arguments) -> None:
    """Rewrite the measured blocks of the documents from reports/."""
    from . import report

    changed = report.write(load_settings())
    print(f"Rewrote the measured blocks of {', '.join(map(str, changed))}." if changed else "Nothing to rewrite.")


def run_serve(_: Arguments) -> None:
    """Serve the version of this process's slot."""
    from .serving import app

    app.serve()


def run_route(_: Arguments) -> None:
    """Divide the requests between the champion and the canary."""
    from .routing import router

    router.serve()


def run_load(_: Arguments) -> None:
    """Measure how long callers wait; write reports/load.json."""
    from . import loadtest

    loadtest.run()


COMMANDS: dict[str, Callable[[Arguments], int | None]] = {  # None is 0
    name.removeprefix("run_"): command for name, command in list(globals().items()) if name.startswith("run_")
}


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns 0, 1 if the answer is no, 2 if the input cannot be used."""
    chosen = _parser().parse_args(arguments)
    return exit_code(lambda: COMMANDS[chosen.command](chosen) or 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m service", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    of = {
        name: commands.add_parser(name, help=each.__doc__, description=each.__doc__) for name, each in COMMANDS.items()
    }
    of["train"].add_argument("--until", type=_day, help="use outcomes known by this day, as YYYY-MM-DD")
    of["train"].add_argument("--candidate", help="one of the candidates in settings.toml; the first, if left out")
    for name in ("deploy", "approve"):
        of[name].add_argument("version", help="a version in the registry")
    of["approved"].add_argument("version", help="a version in the registry, or champion")
    of["deploy"].add_argument("--yes", action="store_true", help="approve it")
    of["approve"].add_argument("--by", required=True, help="who signs")
    of["approve"].add_argument(
        "--override",
        dest="act",
        action="store_const",
        const="override",
        default="approve",
        help="though outcomes have not decided",
    )
    for name in ("approve", "rollback"):
        of[name].add_argument("--reason", default="", help="why; it goes into the deployment log")
    for name in ("monitor", "retrain"):
        of[name].add_argument("--day", type=_day, default=date.today(), help="as of this day; today, if left out")
    of["experiment"].add_argument("name", nargs="?", default="", help="of a file in experiments/, without .toml")
    of["lineage"].add_argument("id", help="the id that came with the answer")
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no day; write it as YYYY-MM-DD") from None


if __name__ == "__main__":
    sys.exit(main())
