"""`scaffolder adopt`: the owner's data in a project that was made from a template.

Exit codes: 0 the data are in the project, or would be; 1 the person declined, or the owner's work disagrees with what
the template says of new data; 2 wrong usage, or data that cannot be used; 3 something outside failed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from scaffolder.adopt import kinds
from scaffolder.adopt.kind import Adoption
from scaffolder.cli import interview, options, own_data
from scaffolder.cli import update as updating
from scaffolder.cli.printing import Result, conversation
from scaffolder.errors import AnswerError, DeclinedError
from scaffolder.project import in_use, newdata
from scaffolder.project import update as core
from scaffolder.project.plan import rendered
from scaffolder.project.record import Record
from scaffolder.project.update import Merged
from scaffolder.template.answers import folder_question, from_pairs
from scaffolder.template.catalog import Template
from scaffolder.template.questions import Question

if TYPE_CHECKING:
    from collections.abc import Iterator


def adopt(
    path: options.ProjectFolder = Path(),
    pairs: options.Pairs = None,
    yes: options.Yes = False,
    dry_run: options.DryRun = False,
    allow_conflicts: options.AllowConflicts = False,
    template: options.MovedTemplate = None,
    checkout: options.Checkout = None,
    trust: options.Trust = False,
    *,
    own: own_data.OwnData,
) -> Result:
    """Put your own data into a project.

    You see first how they will be used. Then the data and all that is about them are replaced in one commit. What you
    wrote about the former data comes back as a question that quotes it.
    """
    project = updating.opened(path, dry_run=dry_run)
    known = project.record
    with project.template(template, checkout, trust) as (kind, origin):
        contract = kinds.wanted(kind)
        in_use.refuse(path, contract.running, contract.people)
        adoption = _read(kind, known, own, ask=not yes)
        changes = {**_folder(kind, known), **from_pairs(pairs or ()), **contract.answers}
        answers = updating.answers_of(project, kind, changes, adoption.data, ask=not yes)
        theirs = rendered(kind, answers, origin)
    new_data = newdata.NewData(contract.about, contract.made)
    # A project that was made to wait for its first data has none to replace.
    waits = not known.data and bool(contract.answers) and contract.answers.items() <= known.answers.items()
    replaced = None if waits else new_data
    found = core.merged(project.repo, project.commit, project.base, theirs, replaced)
    state = updating.state_of(found, allow_conflicts=allow_conflicts, dry_run=dry_run)
    own_data.show([*adoption.preview, ""])
    if state in ("merging", "updated") and not yes:
        interview.require_terminal("say --yes to write this")
        if not interview.Terminal(conversation()).ask(Question("write", "yes_no", False, "Write this?")):
            raise DeclinedError("Nothing was written.")
    reason = f"Put in the data of {adoption.name}"
    commit = "" if dry_run else updating.carry_out(project, found, answers, state, reason)
    if commit:
        new_data.sweep(path, theirs)
    next_steps = _next_steps(found, commit, kind)
    to_know = ["", *adoption.to_know] if commit and adoption.to_know else []
    return updating.result(project, found, answers, state, commit, [*next_steps, *to_know], dry_run=dry_run)


def _read(
    kind: Template,
    known: Record,
    own: own_data.OwnData,
    *,
    ask: bool,
) -> Adoption:
    """The owner's data; what they said of those before holds until they say otherwise."""
    choices = {name: known.answers.get(name) for name, one in kind.questions.items() if one.choices}
    before = known.data.get("facts", {}) if known.data else {}
    former = before.get("former", {}) if known.data else choices
    adoption = own_data.read(kind, own, ask=ask, former=former, told=before.get("told", {}))
    if adoption is None:
        raise AnswerError("--data must name your data: a table, a list of cases, or a folder of documents.")
    return adoption


def _next_steps(found: Merged, commit: str, kind: Template) -> Iterator[str]:
    if quoted := newdata.quoted(found.changes):
        yield f"Questions that quote what you wrote: {quoted}; search for '{newdata.STILL_TRUE}'."
    if commit and kind.about.next:
        yield f"Next: {kind.about.next[0]}"


def _folder(kind: Template, known: Record) -> dict[str, Any]:
    """The name of the folder, which stays when the title follows the data."""
    name = folder_question(kind)
    return {name: known.answers[name]} if name and name in known.answers else {}
