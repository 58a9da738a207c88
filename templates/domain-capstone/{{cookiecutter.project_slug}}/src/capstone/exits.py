"""The exit codes of a command: 0 done, 1 a quality gate failed, 2 the input cannot be used, 130 interrupted."""

import sys
from collections.abc import Callable, Sequence

from typer.exceptions import TyperException


def gate_code(failures: Sequence[str]) -> int:
    """Print a sentence for each quality gate that failed; returns the exit code."""
    for sentence in failures:
        print(f"Gate failed: {sentence}", file=sys.stderr)
    return 1 if failures else 0


def exit_code(step: Callable[[], int | None]) -> int:
    """Run a step and return its exit code. If its input cannot be used, print one sentence instead of a traceback.

    Only errors of this package, of the operating system and of Typer (a wrong option) count as bad input. Any other
    error is a bug in the code and keeps its traceback.
    """
    try:
        return step() or 0
    except (ValueError, OSError, TyperException) as error:
        if isinstance(error, OSError | TyperException) or type(error).__module__.startswith(__name__.partition(".")[0]):
            print("Error:", str(error).removeprefix(f"[Errno {getattr(error, 'errno', '')}] "), file=sys.stderr)
            return 2
        raise
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
