"""Run every system on every case of a split. Read `run_split` from top to bottom.

check the benchmark -> plan -> estimate what models cost -> run -> rows
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

import numpy as np

from . import encoders, runs
from .benchmark import AnyCase, Split, accesses, check_frozen, fewer, load, log_access
from .errors import BenchError
from .matrix import Matrix, System, known
from .models.asking import Asker
from .models.responses import Request
from .reporting.run import describe_run
from .runs import Header, Row, Run
from .scoring import HEADLINES, METRICS
from .settings import Kind, Settings
from .tasks.classify import Classify
from .tasks.search import Search

TIMES, TIMED = 3, 50  # how often answers of systems of this machine are timed, and to how many cases: the rest once


@dataclass
class Plan:
    """What is run: each system with its cases and the number of repeats."""

    tasks: dict[Kind, Search | Classify]
    cases: dict[Kind, list[AnyCase]]  # of the split
    systems: dict[str, System] = field(default_factory=dict)
    work: dict[str, tuple[list[AnyCase], int]] = field(default_factory=dict)
    skipped: dict[str, str] = field(default_factory=dict)


def run_split(settings: Settings, matrix: Matrix, split: Split, *, resume: bool = False) -> tuple[Run, Plan, int]:
    """Run all systems that can be run here. Returns the run, the plan and how often the test cases have been read.

    Raises:
        BenchError: the benchmark is not the frozen one, or the configuration is wrong.
        ModelError: a model fails, or could cost more than the caps allow.
    """
    started = datetime.now(UTC)
    _check(settings, matrix)
    data_sha256 = check_frozen(settings)
    plan = make_plan(settings, matrix, split)
    leads = [matrix.experiments[name].lead() for name in settings.lead]
    if split == "test" and not any({one.name for one in lead} <= plan.systems.keys() for lead in leads):
        names = ", ".join(settings.lead)
        raise BenchError(f"settings.toml: lead: none of {names} can be measured here; see systems.toml")
    command = f"python -m bench {'evaluate' if split == 'test' else 'dev'}"
    used = sorted({part for system in plan.systems.values() for part in system.parts.items()})
    header = Header(
        split=split,
        data_sha256=data_sha256,
        code=hashlib.sha256(b"".join(path.read_bytes() for path in sorted(runs.CODE.rglob("*.py")))).hexdigest(),
        experiments=matrix.experiments,
        systems=plan.systems,
        options={f"{kind}.{name}": dict(matrix.options(kind, name)) for kind, name in used},
        asked=hashlib.sha256(repr((settings.models.server, _requests(plan))).encode()).hexdigest(),
        skipped=plan.skipped,
        started=started,
    )
    header = runs.resumed(header) if resume else header
    rows = list(_rows(plan, header, settings, resume=resume))
    run = describe_run(
        command,
        header.started or started,
        seed=settings.statistics.seed,
        data_sha256=data_sha256,
        rows=sum(map(len, plan.cases.values())),
        earlier=-header.paused,
    )
    return Run(header.model_copy(update={"run": run}), rows), plan, accesses(data_sha256)


def make_plan(settings: Settings, matrix: Matrix, split: Split) -> Plan:
    """Which systems can be run here, on which cases."""
    every = {kind: load(kind, task) for kind, task in settings.tasks.items()}
    tasks: dict[Kind, Search | Classify] = {}
    if "search" in every:
        if not settings.tasks["search"].documents:
            raise BenchError("settings.toml: tasks.search: documents must name the folder to search in")
        tasks["search"] = Search(matrix, settings.tasks["search"])
    if "classify" in every:
        tasks["classify"] = Classify(matrix, every["classify"], settings.models)
    plan = Plan(tasks, {kind: [case for case in cases if case.split == split] for kind, cases in every.items()})
    for experiment in matrix.experiments.values():
        for system in experiment.systems() if experiment.task in tasks else []:
            if reason := tasks[experiment.task].missing(system):
                plan.skipped[system.name] = reason
                continue
            cases, repeats = plan.work.get(system.name, ([], 1))
            chosen = fewer(plan.cases[experiment.task], experiment.items)
            plan.systems[system.name] = system
            plan.work[system.name] = max(cases, chosen, key=len), max(repeats, experiment.repeats)
    return plan


def _rows(plan: Plan, header: Header, settings: Settings, *, resume: bool) -> Iterator[Row]:
    """The rows of all systems; those of systems that an interrupted run has finished are taken from there."""
    asked = {name: repeats if "model" in plan.systems[name].parts else 1 for name, (_, repeats) in plan.work.items()}
    expected = {name: len(cases) * asked[name] for name, (cases, _) in plan.work.items()}
    path = runs.UNFINISHED if header.split == "test" else runs.UNFINISHED.with_stem("unfinished-dev")
    with _asker(plan, settings) as asker, runs.recording(header, expected, resume=resume, path=path) as (done, file):
        if header.split == "test" and not resume:  # all parts of a run are one reading
            log_access("python -m bench evaluate", header.data_sha256)
        for turns in _turns({name: one for name, one in plan.systems.items() if name not in done}):
            for name in turns:
                print(f"  {name}: {len(plan.work[name][0])} cases", flush=True)
                plan.tasks[plan.systems[name].task].prepare(plan.systems[name])
            for row in _answers(plan, turns, asker):
                done.setdefault(row.system, []).append(row)
                file.write(runs.line(row))
                file.flush()
        for name in plan.systems:
            yield from done.get(name, [])


def _turns(systems: dict[str, System]) -> Iterable[list[str]]:
    """The systems that run together: those of this machine, task by task. Each language model is asked alone."""
    together = defaultdict(list)
    for name, system in systems.items():
        together[name if "model" in system.parts else system.task].append(name)
    return together.values()


def _answers(plan: Plan, turns: Sequence[str], asker: Asker | None) -> Iterator[Row]:
    """The rows of systems that run together. Each row has the median of its times.

    They take turns at each case, at some cases several times over, each time in another order. So other work of the
    machine, and what the one before leaves in its caches, meet all systems alike, and their times can be compared.
    """
    system = plan.systems[turns[0]]
    if "model" in system.parts:
        yield from plan.tasks[system.task].run(system, *plan.work[system.name], asker)
        return
    random = np.random.default_rng(0)
    several = {case.id for case in fewer(plan.cases[system.task], TIMED)}
    for case in plan.cases[system.task]:
        ours = [plan.systems[name] for name in turns if case in plan.work[name][0]]
        answers: dict[str, list[Row]] = {one.name: [] for one in ours}
        for _ in range(TIMES if case.id in several else 1):
            for one in (ours[place] for place in random.permutation(len(ours))):
                encoders.query.cache_clear()  # of a question that the system before has embedded
                answers[one.name] += plan.tasks[one.task].run(one, [case], 1, None)
        for rows in answers.values():
            yield rows[0].model_copy(update={"ms": float(np.median([row.ms for row in rows]))})


@contextmanager
def _asker(plan: Plan, settings: Settings) -> Iterator[Asker | None]:
    """What asks language models, once it is clear that all of them together stay within the caps; None without any."""
    wanted = _requests(plan)
    if not wanted:
        yield None
        return
    with closing(Asker(settings.models)) as asker:
        asker.check(wanted)
        yield asker


def _requests(plan: Plan) -> list[Request]:
    """What all systems ask language models."""
    return [
        request
        for name, system in plan.systems.items()
        if isinstance(task := plan.tasks[system.task], Classify)
        for request in task.requests(system, *plan.work[name])
    ]


def _check(settings: Settings, matrix: Matrix) -> None:
    """Names that are wrong are noticed before the run, which may cost time and money."""
    for name in settings.lead:
        known(name, matrix.experiments, "settings.toml: lead")
    for kind, task in settings.tasks.items():
        known(task.headline, HEADLINES[kind], f"settings.toml: tasks.{kind}: headline")
    for gate in settings.gates:
        known(gate.experiment, matrix.experiments, "settings.toml: gates")
        known(gate.metric, METRICS[matrix.experiments[gate.experiment].task], "settings.toml: gates: metric")
