"""`scaffolder adopt`: the owner's data in a project that was made from a template.

Exit codes: 0 the data are in the project, or would be; 1 the person declined, or the owner's work disagrees with what
the template says of new data; 2 wrong usage, or data that cannot be used; 3 something outside failed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from scaffolder.cli import options, own_data
from scaffolder.cli import update as updating
from scaffolder.cli import update_output as said
from scaffolder.cli.answering import pairs_of
from scaffolder.cli.printing import print_lines
from scaffolder.cli.streams import after
from scaffolder.errors import AnswerError, DeclinedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scaffolder.adopt.kind import Adoption
    from scaffolder.adopt.kinds import Contract
    from scaffolder.project.record import Record
    from scaffolder.project.update import Merged
    from scaffolder.template.catalog import Template


def adopt(
    path: updating.Folder = Path(),
    source: own_data.Source = None,
    target: own_data.Target = None,
    positive: own_data.Positive = None,
    time: own_data.Time = None,
    no_time: own_data.NoTime = False,
    group: own_data.Group = None,
    no_group: own_data.NoGroup = False,
    row: own_data.Id = None,
    known_on: own_data.Known = None,
    dates: own_data.Dates = None,
    task: own_data.Task = None,
    questions: own_data.Questions = None,
    documents: own_data.Documents = None,
    outcomes: own_data.Outcomes = None,
    without: own_data.Without = None,
    facts: own_data.Facts = None,
    pairs: options.Pairs = None,
    yes: options.Yes = False,
    dry_run: updating.DryRun = False,
    allow_conflicts: updating.Allow = False,
    template: updating.From = None,
    checkout: options.Checkout = None,
    trust: options.Trust = False,
    as_json: options.AsJson = False,
) -> None:
    """Put your own data into a project.

    You see first how they will be used. Then the data and all that is about them are replaced in one commit. What you
    wrote about the former data comes back as a question that quotes it.
    """
    from scaffolder.adopt import kinds
    from scaffolder.project import in_use, newdata, renewal, worktree
    from scaffolder.project import update as core
    from scaffolder.project.plan import rendered

    described = own_data.described(locals())
    repo = worktree.opened(path)
    if not dry_run:
        updating.resume(repo)
        worktree.refuse_unclean(repo)
    head = worktree.head(repo)
    known = core.record_of(repo, head)
    with renewal.opened(known, path, template, checkout, trust) as (kind, origin):
        renewal.refuse_other(kind, known, template, trust)
        contract = kinds.wanted(kind)
        in_use.refuse(path, contract.running, contract.people)
        adoption = _read(kind, known, source, described, facts, ask=not yes, as_json=as_json)
        base = renewal.base_of(repo, head, known, path)
        changes = {**_folder(kind, known), **pairs_of(pairs), **contract.answers}
        was = renewal.data_of(repo, known, base.tree)
        answers = updating.answers_of(kind, known, changes, was, adoption.data, ask=not yes, as_json=as_json)
        theirs = rendered(kind, answers, renewal.origin(known, origin, template))
    replaced = newdata.NewData(contract.about, contract.made)
    found = core.merged(repo, head, base, theirs, None if _waits(known, contract) else replaced)
    refused = bool(found.merge.conflicts) and not allow_conflicts
    write = not (dry_run or refused)
    own_data.show(adoption, as_json=as_json)
    if write and not (yes or found.current):
        _agree(as_json)
    commit = ""
    if write:
        who = updating.person(path, answers)
        commit = updating.carry_out(repo, found, who, f"Put in the data of {adoption.name}")
    if commit:
        replaced.sweep(path, theirs)
    state = said.state_of(found, commit, refused=refused, dry_run=dry_run)
    with after(updating.DONE.get(state, "")):
        if as_json:
            print(said.as_json(path, known, found, answers, commit, state))
            raise typer.Exit(int(refused))
        print_lines(said.plan(found, known, answers, state))
        print_lines(said.afterwards(repo, found, commit, state))
        print_lines(_next_steps(found, commit, kind))
    if commit:
        own_data.show_to_know(adoption)
    if refused:
        updating.refuse(dry_run=dry_run)


def _read(
    kind: Template,
    known: Record,
    source: Path | None,
    described: dict[str, Any],
    facts: list[str] | None,
    *,
    ask: bool,
    as_json: bool,
) -> Adoption:
    """The owner's data; what they said of those before holds until they say otherwise."""
    choices = {name: known.answers.get(name) for name, one in kind.questions.items() if one.choices}
    before = known.data.get("facts", {}) if known.data else {}
    former = before.get("former", {}) if known.data else choices
    adoption = own_data.read(
        kind, source, described, facts, ask=ask, as_json=as_json, former=former, told=before.get("told", {})
    )
    if adoption is None:
        raise AnswerError("--data must name your data: a table, a list of cases, or a folder of documents.")
    return adoption


def _waits(known: Record, contract: Contract) -> bool:
    """Whether the project was made to wait for its first data, so there is nothing about others to replace."""
    return not known.data and bool(contract.answers) and contract.answers.items() <= known.answers.items()


def _next_steps(found: Merged, commit: str, kind: Template) -> Iterator[str]:
    from scaffolder.project import newdata

    if quoted := newdata.quoted(found.changes):
        yield f"Questions that quote what you wrote: {quoted}; search for '{newdata.STILL_TRUE}'."
    if commit and kind.about.next:
        yield f"Next: {kind.about.next[0]}"


def _folder(kind: Template, known: Record) -> dict[str, Any]:
    """The name of the folder, which stays when the title follows the data."""
    from scaffolder.template.answers import folder_question

    name = folder_question(kind)
    return {name: known.answers[name]} if name and name in known.answers else {}


def _agree(as_json: bool) -> None:
    """Ask whether to write; raises `DeclinedError` if the person says no."""
    from scaffolder.cli import interview
    from scaffolder.template.questions import Question

    if not interview.is_interactive():
        raise AnswerError("There is no terminal to ask on whether to write this: say --yes.")
    terminal = interview.Terminal(sys.stderr if as_json else sys.stdout)
    if not terminal.ask(Question("write", "yes_no", False, "Write this?")):
        raise DeclinedError("Nothing was written.")
