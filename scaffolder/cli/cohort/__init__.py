"""`scaffolder cohort`: the projects of a course, from its roster to its report.

Exit codes: 0 all is fine; 1 some ended in a conflict or failed because of what people wrote; 2 wrong usage, or a roster
or course that cannot be used; 3 something outside failed; 130 Ctrl-C. What was finished is in the ledger.
"""

from __future__ import annotations

import typer

from scaffolder.cli.lazy import SETTINGS, lazy_group

COMMANDS = {
    "new": ("scaffolder.cli.cohort.new:new", "Make a Git repository for each student and project of a course."),
    "push": ("scaffolder.cli.cohort.push:push", "Push each repository to its remote."),
    "update": ("scaffolder.cli.cohort.update:update", "Bring changes of the templates into each repository."),
    "check": ("scaffolder.cli.cohort.check:check", "Collect and check what students have pushed."),
    "review": ("scaffolder.cli.cohort.review:review", "Judge what the students of a cohort wrote."),
    "feedback": ("scaffolder.cli.cohort.feedback:feedback", "Write a Markdown file with feedback for each student."),
    "report": ("scaffolder.cli.cohort.report:report", "Write one page that shows who stands where."),
}
cohort = typer.Typer(
    cls=lazy_group(COMMANDS),
    help="Projects for a whole course: from its roster to its report.",
    no_args_is_help=True,
    **SETTINGS,
)
