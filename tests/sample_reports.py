"""Reports as a learner's repositories would give them, and one of a repository that attacks its reader."""

from __future__ import annotations

from dataclasses import replace

from scaffolder.results.finding import Evidence, Finding, Level, Reviewed, Standing, State
from scaffolder.results.report import Report

ATTACK = "<script>document.title='pwned'</script><img src=x onerror=\"document.title='pwned'\">"
WRITTEN_STATES = (State.WRITTEN, State.PLACEHOLDER)


def finding(
    item: str,
    title: str,
    state: State,
    *evidence: Evidence,
    level: Level = Level.BUILDER,
    essential: bool = False,
    written: bool | None = None,
    reason: str = "",
    remedy: str = "",
    reviews: tuple[Reviewed, ...] = (),
) -> Finding:
    people = state in WRITTEN_STATES if written is None else written
    source = "Checklist of strong portfolios"
    return Finding(item, title, level, essential, people, state, evidence, remedy, reason, source, reviews)


def review(
    score: int = 2, standing: Standing = Standing.CURRENT, reviewer: str = "Grace Hopper", comment: str = ""
) -> Reviewed:
    return Reviewed(f"{reviewer} <{reviewer.split()[0].lower()}@example.org>", score, comment, "2026-11-20", standing)


def learner(name: str = "churn-predictor", path: str = "work/churn-predictor") -> Report:
    """A repository on its way: each state but `error` occurs, Builder is not reached."""
    todo = "Under “Error analysis” in README.md, name three rows of reports/errors.csv and say why the model is wrong."
    return Report(
        name,
        path,
        "classical-ml",
        (
            finding(
                "problem",
                "Problem statement: who has it, what it costs, and a target in numbers.",
                State.WRITTEN,
                Evidence("61 words of the owner's", "README.md", 12),
                essential=True,
                reviews=(
                    review(3, comment="The cost and the target are there; I would start here, too."),
                    review(1, Standing.STALE, "Alan Turing", "Which customers, and who calls them?"),
                    review(3, Standing.SELF, "Ada Lovelace"),
                ),
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
                written=True,
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


def finished(name: str = "demand-forecast", *reviews: Reviewed) -> Report:
    """A repository on top of the ladder; without `reviews`, its written items are unreviewed."""
    verified = tuple(
        finding(level.value, f"What {level.title()} asks", State.DONE, Evidence("there", "README.md", 1), level=level)
        for level in Level
    )
    plan = finding(
        *("plan", "Monitoring plan", State.WRITTEN, Evidence("92 words", "docs/monitoring.md", 3)),
        level=Level.OPERATOR,
        reviews=reviews,
    )
    return Report(name, "", "", (*verified, plan))


def undeclared() -> Report:
    """A stranger's repository, without a contract."""
    return replace(learner("stranger"), declared=False, template="", notes=("There is no scaffolder.toml.",))


def broken() -> Report:
    """A repository on which an item of ours fails."""
    bug = finding(
        "links",
        "Links",
        State.ERROR,
        written=False,
        reason="scaffolder could not check this item (TypeError: no). Please report it.",
    )
    return Report("bug", "", "", (bug, *finished().findings))


def long() -> Report:
    """A repository with everything left to do, and all of it in long sentences."""
    words = "which takes many words to say and goes on and on until nobody would read it to its end " * 4
    return Report(
        "a-name-" * 20,
        "",
        "rag-assistant",
        tuple(
            finding(
                f"item-{number}",
                f"Item {number}: {words}",
                State.MISSING,
                Evidence(words, "docs/a.md", 3),
                remedy=f"{words}. {words}.",
            )
            for number in range(60)
        ),
        notes=tuple(f"{number}: {words}" for number in range(9)),
        declared=False,
    )


def hostile() -> Report:
    """Markup, workflow commands, line ends, control characters, turned text and bytes that are no text, in each part."""
    nasty = f"{ATTACK}\n::error::pwned\r##[error]x %0A ]]> {{{{7*7}}}} & \x00\x1b[31m\u202e\ud800 \udc80"
    evidence = Evidence(nasty, f"javascript:alert(1)//{nasty}", 3)
    found = (
        finding("problem", nasty, State.MISSING, evidence, evidence, reason=nasty, remedy=nasty, essential=True),
        finding("ci", nasty, State.DONE, evidence, level=Level.DEPLOYER),
        finding(
            *("risks", nasty, State.WRITTEN, evidence),
            level=Level.DEPLOYER,
            reviews=(Reviewed(nasty, 3, nasty, nasty, Standing.CURRENT),),
        ),
        finding("alerts", nasty, State.UNVERIFIED, level=Level.OPERATOR, reason=nasty),
    )
    return Report(nasty, f"../{nasty}", nasty, found, notes=(nasty,))


SAMPLES = (learner(), finished(), finished("reviewed", review()), undeclared(), broken(), long(), hostile())
