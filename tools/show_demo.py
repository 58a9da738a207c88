"""Show what `make demo` made: the README's measured results, the figures, and how to serve the model."""

from __future__ import annotations

import re
import sys
from pathlib import Path


def measured_block(readme: str, name: str) -> str:
    """The text between `<!-- measured:NAME -->` and its closing mark.

    Raises:
        SystemExit: the block is missing.
    """
    match = re.search(rf"<!-- measured:{name} -->\n(.*?)\n<!-- /measured:{name} -->", readme, re.DOTALL)
    if match is None:
        raise SystemExit(f"README.md has no measured block {name!r}: did its `make demo` finish?")
    return match.group(1).strip()


def main(project: Path) -> None:
    readme = (project / "README.md").read_text(encoding="utf-8")
    figures = sorted(path.relative_to(project) for path in (project / "reports" / "figures").glob("*.svg"))
    print(f"\n{readme.splitlines()[0].removeprefix('# ')}: measured on this machine\n")
    print(measured_block(readme, "results"))
    print("\nFigures:")
    for figure in figures:
        print(f"  {project / figure}")
    print("\nRead it:   " + str(project / "README.md"))
    print(f"Serve it:  make -C {project} serve   then open http://127.0.0.1:8000")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
