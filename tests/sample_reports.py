"""Sample reports: of a learner's repositories, and of a repository that attacks the reader of its report."""

from __future__ import annotations

from scaffolder.check.engine.finding import Evidence, Finding, Level, State
from scaffolder.check.report import Report

ATTACK = "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"


def finding(
    item: str,
    title: str,
    state: State,
    *evidence: Evidence,
    level: Level = Level.BUILDER,
    essential: bool = False,
    reason: str = "",
    remedy: str = "",
) -> Finding:
    source = "Checklist of strong portfolios"
    return Finding(item, title, level, essential, state, evidence, remedy, reason, source)


def learner(name: str = "churn-predictor", path: str = "work/churn-predictor") -> Report:
    """An unfinished repository: every state occurs, the level Builder is not reached."""
    todo = "Under “Error analysis” in README.md, name three rows of reports/errors.csv and say why the model is wrong."
    return Report(
        name,
        path,
        "classical-ml",
        (
            finding(
                "problem",
                "Problem statement: who has it, what it costs, and a target in numbers.",
                State.DONE,
                Evidence("names who decides, the cost of 420 € and a target of 0.85", "README.md", 12),
                essential=True,
            ),
            finding(
                "evaluation",
                "Evaluation metrics: each number equals the run's.",
                State.DONE,
                *(
                    Evidence(f"{metric} equals reports/metrics.json", "README.md", 60 + line)
                    for line, metric in enumerate(("roc_auc", "average_precision", "brier", "recall", "lift", "f1"))
                ),
                essential=True,
            ),
            finding(
                "errors",
                "Error analysis: real rows, slices, own words.",
                State.PLACEHOLDER,
                Evidence("“TODO(errors): which customers does it get wrong?” waits for an answer", "README.md", 88),
                essential=True,
                remedy=todo,
            ),
            finding(
                "demo",
                "Screenshot or live demo.",
                State.UNVERIFIED,
                Evidence("https://churn.example.org", "README.md", 131),
                essential=True,
                reason="whether an address answers is known only with --online",
                remedy="Run `scaffolder check --online`, or show a screenshot of the prediction page.",
            ),
            finding(
                "links",
                "Links and anchors inside the repository resolve.",
                State.DONE,
                Evidence("31 links resolve", "README.md"),
            ),
            finding(
                "dockerfile",
                "Dockerfile: pinned base, not as root, healthcheck.",
                State.MISSING,
                Evidence("the last stage runs as root", "Dockerfile", 9),
                level=Level.DEPLOYER,
                remedy="Add a USER that is not root at the end of the Dockerfile: a break-in then stays small.",
            ),
            finding(
                "ci",
                "CI workflow: runs the tests on each push.",
                State.DONE,
                Evidence("pytest runs on push and pull_request", ".github/workflows/ci.yml", 31),
                level=Level.DEPLOYER,
            ),
            finding(
                "alerts",
                "Alerts: rules that would load.",
                State.NOT_APPLICABLE,
                level=Level.OPERATOR,
                reason="ignored by the owner: the model runs once a month as a batch",
            ),
            finding(
                "rollback",
                "Rollback: a command, and something to roll back to.",
                State.MISSING,
                level=Level.OPERATOR,
                remedy="Write the command that brings the last model back.",
            ),
        ),
        notes=("data/raw.csv is larger than 5 MB and was not read.",),
    )


def finished(name: str = "demand-forecast") -> Report:
    """A repository that has reached the highest level."""
    items = (
        finding(level.value, f"What {level.title()} asks", State.DONE, Evidence("there", "README.md", 1), level=level)
        for level in Level
    )
    return Report(name, "", None, tuple(items))


def hostile() -> Report:
    """Markup, workflow commands, line ends, control characters, reversed text and invalid characters in every part."""
    nasty = f"{ATTACK}\n::error::pwned\r##[error]x %0A ]]> {{{{7*7}}}} & \x00\x1b[31m\u202e\ud800 \udc80"
    evidence = Evidence(nasty, f"javascript:alert(1)//{nasty}", 3)
    found = (
        finding("problem", nasty, State.MISSING, evidence, evidence, reason=nasty, remedy=nasty, essential=True),
        finding("ci", nasty, State.DONE, evidence, level=Level.DEPLOYER),
        finding("alerts", nasty, State.UNVERIFIED, level=Level.OPERATOR, reason=nasty),
    )
    return Report(nasty, f"../{nasty}", nasty, found, notes=(nasty,))
