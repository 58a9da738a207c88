"""A group of commands whose modules are imported when they are called: a start does not wait for the others."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

SETTINGS: dict[str, Any] = {  # of every Typer here
    "rich_markup_mode": None,  # loading rich takes three times as long as all the rest of the start-up
    "pretty_exceptions_enable": False,
}


class LazyCommand(TyperCommand):
    """Stands in a list of commands for one that is imported when there are arguments to parse or to complete."""

    def __init__(self, name: str, place: str, summary: str) -> None:
        super().__init__(name, help=summary)
        self.place = place

    @cached_property
    def command(self) -> Any:
        """The command itself, made from the function at `place`, 'module:function'."""
        from scaffolder.cli.command import as_command

        module, _, function = self.place.partition(":")
        app = typer.Typer(add_completion=False, **SETTINGS)
        app.command(self.name)(as_command(getattr(import_module(module), function)))
        return typer.main.get_command(app)

    def make_context(self, *arguments: Any, **settings: Any) -> Any:
        """The context of the command itself, which Typer then invokes."""
        return self.command.make_context(*arguments, **settings)


def lazy_group(commands: Mapping[str, tuple[str, str]]) -> type[TyperGroup]:
    """A class of groups that list `commands` first: for each name, its place and the first sentence of its help."""

    class LazyGroup(TyperGroup):
        def __init__(self, **settings: Any) -> None:
            super().__init__(**settings)
            self.commands = {name: LazyCommand(name, *entry) for name, entry in commands.items()} | dict(self.commands)

    return LazyGroup
