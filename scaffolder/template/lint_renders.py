"""Renders a template with each of its choices and with hostile answers, to see what breaks.

Somebody else's template is rendered in the child of `worker`, which has limits.
"""

from __future__ import annotations

import itertools
import traceback
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import jinja2

from scaffolder.errors import ScaffolderError, TemplateError, shown
from scaffolder.formats.toml import TomlError, load_toml
from scaffolder.template import lint_rules
from scaffolder.template.answers import Answers, chosen, complete, reason
from scaffolder.template.catalog import Template
from scaffolder.template.environments import render_text
from scaffolder.template.lint import CONFIG, MOST, Problem
from scaffolder.template.lint_formats import format_of, is_valid
from scaffolder.template.lint_picks import OwnData, Pick, choosing, in_words, picks_of, when
from scaffolder.template.lint_rules import NOT_THERE, not_there
from scaffolder.template.lint_sources import Source, Sources, normal, sources
from scaffolder.template.render import render
from scaffolder.tree import Tree

_CONTRACT = "scaffolder.toml"
_LONGEST = 600  # characters of a message: it may quote the template
_MOST_TEXTS = 40  # questions that get hostile answers
# What people may answer, each with others for a pattern that refuses the first of them.
_HOSTILE = (("a\"b\\'c", 'a"b', "a'b", "a\\b"), ("Kern: Anna", "a:"))


def problems(template: Template, own: Sequence[OwnData] = ()) -> list[Problem]:
    """The problems of the template's files, and of their renders; at most one more than `MOST`."""
    found = sources(template)
    every = itertools.chain(lint_rules.problems(found), _Renders(found, own).problems())
    return [replace(each, message=each.message[:_LONGEST]) for each in itertools.islice(every, MOST + 1)]


@dataclass
class _Renders:
    """The observations while the template is rendered again and again."""

    found: Sources
    own: Sequence[OwnData] = ()
    failures: dict[Problem, list[Pick]] = field(default_factory=lambda: defaultdict(list))
    named: set[str] = field(default_factory=set)  # the files that got a name
    included: set[str] = field(default_factory=set)  # those that others included, by the loader's names
    valid: set[str] = field(default_factory=set)  # the files that could be read as what they are
    invalid: dict[Problem, list[Pick]] = field(default_factory=lambda: defaultdict(list))

    def problems(self) -> Iterator[Problem]:
        """Render the template in all ways, and yield the problems."""
        self._watch_includes()
        questions = self.found.template.questions
        all_ways, picks = picks_of(questions.values())
        for pick in picks:
            self._try(pick, None)
        for own in self.own:
            for pick in own.picks(questions.values()):
                self._try(pick, own)
        if not self.failures:
            yield from self._never_used(all_ways)
        self.failures |= {one: picked for one, picked in self.invalid.items() if one.path in self.valid}
        for problem, failed in self.failures.items():
            yield replace(problem, message=problem.message + when(failed, len(picks)))
        for name in [name for name, question in questions.items() if question.kind == "text"][:_MOST_TEXTS]:
            yield from self._unescaped(name)

    def _watch_includes(self) -> None:
        """Note each file that Jinja loads for another one: this is where it asks for the name to load."""

        def join_path(template: str, parent: str) -> str:  # noqa: ARG001 - the names are Jinja's
            self.included.add(normal(template))
            return template

        self.found.engine.join_path = join_path  # type: ignore[method-assign]

    def _try(self, pick: Mapping[str, int], own: OwnData | None) -> None:
        """Render the template once, perhaps about `own` data; `pick` says by their places which choices are made."""
        template = self.found.template
        words = own.in_words(template, pick) if own else in_words(template, pick)
        try:
            answers = own.complete(template, pick) if own else complete(template, choosing(pick))
        except ScaffolderError as error:
            self.failures[Problem(CONFIG, None, str(error), "Change the value, or the rule for it.")].append(words)
            return
        try:
            tree = render(template, answers)
        except TemplateError as error:
            tree = {}
            for problem in self._causes(answers) or [Problem(".", None, str(error), "Correct it.")]:
                self.failures[problem].append(words)
        for source, path in self._paths(answers):
            self.named.add(source.path)
            if path in tree and is_valid(path, tree[path].data):
                self.valid.add(source.path)
            elif path in tree:
                said = f"It is not valid {format_of(path)}."
                self.invalid[Problem(source.path, None, said, "Correct it.")].append(words)
        for problem in self._undeclared(tree) if tree else ():
            self.failures[problem].append(words)

    def _paths(self, answers: Answers) -> Iterator[tuple[Source, str]]:
        """The files of the project that have a name with these answers, and the name; "" if it cannot be rendered."""
        for source in self.found.of_project:
            head = source.head or ""
            try:
                path = render_text(self.found.template, head, answers.context) + source.name[len(head) :]
            except MemoryError:
                raise
            except Exception:  # a template is a program: it may raise anything
                yield source, ""
            else:
                if path and not path.endswith("/"):
                    yield source, path

    def _causes(self, answers: Answers) -> list[Problem]:
        """The problem of each file that cannot be rendered; the renderer itself stops at the first."""
        public = {name: raw for name, raw in self.found.template.config.items() if not name.startswith("_")}
        scope = {"cookiecutter": dict(answers.context), "_cookiecutter": public}
        causes = []
        for source, _ in self._paths(answers):
            try:
                if source.text is not None:
                    self.found.engine.get_template(source.name).render(scope)
                self.found.engine.from_string(source.head or "").render(scope)
            except MemoryError:
                raise
            except Exception as error:  # as above
                causes.append(self._cause(source, error))
        return causes

    def _cause(self, source: Source, error: Exception) -> Problem:
        """Why a file cannot be rendered, and where."""
        places = [(frame.f_code.co_filename, line) for frame, line in traceback.walk_tb(error.__traceback__)]
        if isinstance(error, jinja2.TemplateSyntaxError):
            places.append((error.filename or "", error.lineno))
        root = self.found.template.folder
        inside = [
            (Path(name).relative_to(root).as_posix(), line) for name, line in places if Path(name).is_relative_to(root)
        ]
        path, line = inside[-1] if inside else (source.path, None)
        if isinstance(error, RecursionError):
            return Problem(
                source.path, None, "It extends or includes itself, without end.", "Name the other file in full."
            )
        if isinstance(error, jinja2.TemplateNotFound):
            return Problem(path, line, not_there(str(error.name)), NOT_THERE)
        if path == source.path:
            return Problem(path, line, f"It cannot be rendered: {reason(error)}.", "Correct it, or cookiecutter.json.")
        said = f"It cannot be rendered: {reason(error)} ({path}, line {line})."
        return Problem(source.path, None, said, "Correct this file, or that one.")

    def _undeclared(self, tree: Tree) -> Iterator[Problem]:
        """The problems where the project's contract, which `scaffolder check` reads, does not fit its documents."""

        def problem(message: str, remedy: str) -> Problem:
            return Problem(f"{self.found.template.project_folder}/{_CONTRACT}", None, message, remedy)

        if _CONTRACT not in tree:
            said = "It is not there, so `scaffolder check` would give the projects no level."
            yield problem(said, "Write it: docs/contract.md of scaffolder shows how.")
            return
        try:
            content = load_toml(tree[_CONTRACT].data.decode())
        except (TomlError, UnicodeDecodeError) as error:
            yield problem(f"It is not valid TOML: {error}.", "Correct it.")
            return
        declared, records = content.get("blocks"), f"{content.get('decisions')}/"  # no run has to find those again
        named = declared.items() if isinstance(declared, dict) else ()
        blocks = {path: set(map(str, names)) if isinstance(names, list) else set() for path, names in named}
        documents = (path for path in tree if path.endswith(".md") and not path.startswith(records))
        pages = {path: _measured(tree[path].data) for path in documents}
        for path in sorted({*blocks, *pages}):
            for name in sorted(pages.get(path, set()) - blocks.get(path, set())):
                said = f"[blocks] does not name the measured block {shown(name)} of {shown(path)}."
                yield problem(said, "Add it.")
            for name in sorted(blocks.get(path, set()) - pages.get(path, set())):
                said = f"[blocks] names the measured block {shown(name)} of {shown(path)}, which is not there."
                yield problem(said, "Remove it, or print it there.")

    def _never_used(self, all_ways: bool) -> Iterator[Problem]:
        """Files that no answer gives a name, and files beside those that answers select, which none selects."""
        found = self.found
        for source in found.files:
            folder = next((one for one in found.choice_folders if source.name.startswith(one)), None)
            if source.head is not None:
                if source.path not in self.named and self._decided(found.used_by(source.head), all_ways):
                    said = "No answer gives this file a name, so no project would have it."
                    yield Problem(source.path, None, said, "Correct the condition in its name, or delete it.")
            elif folder and source.name not in self.included and self._decided(found.choice_folders[folder], all_ways):
                said = "No choice selects this file, so no project would have it."
                yield Problem(source.path, None, said, f"Add the choice to {CONFIG}, or delete the file.")

    def _decided(self, names: Iterable[str], all_ways: bool) -> bool:
        """Whether the renders have shown everything that depends on these answers."""
        questions = [
            self.found.template.questions[name] for name in self.found.behind(names) & {*self.found.template.questions}
        ]
        return all(question.kind in ("choice", "yes_no") for question in questions) and (all_ways or len(questions) < 2)

    def _unescaped(self, name: str) -> Iterator[Problem]:
        """The files that an answer to the question `name` breaks, although the question allows it."""
        told: set[str] = set()
        for values in _HOSTILE:
            given = ((value, self._answers({name: value})) for value in values)
            allowed = [(value, answers) for value, answers in given if answers]
            for value, answers in allowed[:1] if allowed and allowed[0][0] == values[0] else allowed:
                yield from self._broken(name, value, answers, told)

    def _answers(self, given: Mapping[str, str]) -> Answers | None:
        """All answers that follow from those `given`; None if one of them is refused."""
        try:
            return complete(self.found.template, chosen(given))
        except ScaffolderError:
            return None

    def _broken(self, name: str, value: str, answers: Answers, told: set[str]) -> Iterator[Problem]:
        """The files that one answer breaks, but for those `told` before."""
        try:
            tree = render(self.found.template, answers)
        except TemplateError:
            tree = {}
            for problem in self._causes(answers):
                if problem not in self.failures and problem.path not in told:
                    told.add(problem.path)
                    yield replace(problem, message=problem.message + when([{name: value}], 2))
        for source, path in self._paths(answers):
            form = format_of(path)
            if source.path in self.valid - told and path in tree and not is_valid(path, tree[path].data):
                told.add(source.path)
                said = f"With {name} = {shown(value)} it is not valid {form}."
                yield Problem(source.path, None, said, self._escape(source, name, form))

    def _escape(self, source: Source, name: str, form: str) -> str:
        """The remedy for a file that breaks when it uses an answer, or a value made from it."""
        if form == "Python":
            return "Keep answers out of Python: put it into settings.toml, and read it from there."
        uses = sorted(self.found.uses(source))
        made_of_it = (one for one in uses if name in self.found.behind([one]))
        written = name if name in uses else next(made_of_it, name)
        return (
            f"Write {{{{ cookiecutter.{written}|tojson }}}} without quotes around it, or give the question {name} a "
            "pattern."
        )


def _measured(data: bytes) -> set[str]:
    """The names of the measured blocks that begin in a document."""
    lines = (
        line.removeprefix("#").strip() for line in data.decode("utf-8", "replace").splitlines() if "measured:" in line
    )
    inner = (line.removeprefix("<!--").removesuffix("-->").strip() for line in lines)
    return {line.removeprefix("measured:") for line in inner if line.startswith("measured:") and " " not in line}
