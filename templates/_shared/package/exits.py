"""What a command's exit code says: 0 done, 1 a quality gate failed, 2 the input cannot be used, 130 interrupted."""

from __future__ import annotations

import sys
from collections.abc import Callable

PACKAGE = __name__.partition(".")[0]


def exit_code(step: Callable[[], int]) -> int:
    """The step's own code; where its input cannot be used, one sentence to the terminal in place of a traceback.

    A mistake in the code is not hidden: only the package's own errors and the operating system's are about input.
    """
    try:
        return step()
    except (ValueError, OSError) as error:
        if isinstance(error, OSError) or type(error).__module__.startswith(PACKAGE):
            print(f"Error: {error}", file=sys.stderr)
            return 2
        raise
    except KeyboardInterrupt:
        print("Interrupted.", file=sys.stderr)
        return 130
