"""Where a repository came from: its record, and what the installed template makes of the recorded answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from scaffolder.check.engine.snapshot import IMAGES, Snapshot

if TYPE_CHECKING:
    from scaffolder.tree import Tree

RECORD = ".scaffolder.json"
COMPARED = (".md", *sorted(IMAGES))
"""What an owner can leave as the template made it: documents and images; the rest is not rendered."""


def record(snapshot: Snapshot) -> dict[str, Any] | None:
    """What `.scaffolder.json` says: template, version, public answers; None if there is nothing to read."""
    text = snapshot.text(RECORD)
    try:
        found = json.loads(text) if text is not None else None
    except (ValueError, RecursionError):
        snapshot.note(f"{RECORD} is not JSON: the repository is read as a stranger's.")
        return None
    return found if isinstance(found, dict) else None


def pristine(record: dict[str, Any] | None, snapshot: Snapshot) -> Tree | None:
    """The documents and images as they were generated, by the installed template and never by the repository's copy.

    None if it has no record, or one that no bundled template can follow, which a note then says.
    """
    if record is None:
        return None
    from scaffolder.template import catalog
    from scaffolder.template.answers import chosen, complete
    from scaffolder.template.render import render

    name, answers = record.get("template"), record.get("answers")
    try:
        if not isinstance(name, str) or not isinstance(answers, dict):
            raise ValueError("template and answers are not both there")
        template = catalog.bundled(name)
        return render(template, complete(template, chosen(answers)), COMPARED)
    except Exception as error:  # a record is a stranger's text: whatever it breaks, the rest is still checked
        reason = " ".join(str(error).split()).rstrip(".")
        snapshot.note(f"{RECORD} cannot be followed ({reason[:150]}): the repository is compared with all templates.")
        return None
