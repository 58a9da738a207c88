"""`scaffolder cohort`: the projects of a course, from its roster to its report.

Exit codes: 0 all is fine; 1 some ended in a conflict or failed because of what people wrote; 2 wrong usage, or a roster
or course that cannot be used; 3 something outside failed; 130 Ctrl-C. What was finished is in the ledger.
"""

from __future__ import annotations

import typer

from scaffolder.cli.cohort_check import check
from scaffolder.cli.cohort_new import new
from scaffolder.cli.cohort_push import push
from scaffolder.cli.cohort_report import report
from scaffolder.cli.cohort_review import feedback, review
from scaffolder.cli.cohort_update import update

cohort = typer.Typer(help="Projects for a whole course: from its roster to its report.", no_args_is_help=True)
cohort.command("new")(new)
cohort.command("push")(push)
cohort.command("update")(update)
cohort.command("check")(check)
cohort.command("review")(review)
cohort.command("feedback")(feedback)
cohort.command("report")(report)
