"""Makes a command of a function that returns a `Result`.

A parameter whose type is a dataclass stands for the options that are its fields, so several commands share them.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from inspect import Parameter
from typing import Annotated, Any, get_type_hints

import typer

from scaffolder.cli.printing import Result, json_output, print_result

AsJson = Annotated[bool, typer.Option("--json", help="Print the result, or the error, as JSON.")]


def as_command(function: Callable[..., Any]) -> Callable[..., int]:
    """The function as Typer takes it; if it returns a `Result`, that is printed, with `--json` as JSON."""
    signature = inspect.signature(function, eval_str=True)
    groups: dict[str, Any] = {
        each.name: each.annotation for each in signature.parameters.values() if is_dataclass(each.annotation)
    }
    parameters = [option for each in signature.parameters.values() for option in _options(each)]
    if signature.return_annotation is Result:
        parameters.append(Parameter("as_json", Parameter.KEYWORD_ONLY, default=False, annotation=AsJson))

    def command(**values: Any) -> int:
        with json_output(values.pop("as_json", False)):
            for name, group in groups.items():
                values[name] = group(**{field.name: values.pop(field.name) for field in fields(group)})
            result = function(**values)
            return print_result(result) if isinstance(result, Result) else 0

    command.__doc__ = function.__doc__
    command.__annotations__ = {option.name: option.annotation for option in parameters}
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return command


def _options(parameter: Parameter) -> Iterator[Parameter]:
    """The parameter, or the options of the group that it stands for."""
    group = parameter.annotation
    if not is_dataclass(group):
        yield parameter
        return
    hints = get_type_hints(group, include_extras=True)
    for field in fields(group):
        yield parameter.replace(name=field.name, default=field.default, annotation=hints[field.name])
