"""The prose of the model card: what the model is and what it is for. `model_index` compares the card's numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from scaffolder.check.documents import model_card, readme
from scaffolder.check.engine.repository import Repository
from scaffolder.check.readers.markdown import Document, Passage, apart_from, together
from scaffolder.check.written import WrittenItem
from scaffolder.results.finding import Evidence, Level

USES = ("intended use",)
MISUSES = ("out of scope use", "out of scope uses", "out of scope", "misuse", "misuse and out of scope use")
SECTIONS = {
    "what the model is": ("model details", "model description", "details", "description", "model overview"),
    "how it was trained or made": ("training details", "training", "training data", "training procedure", "making"),
    "how it was evaluated": ("evaluation", "results", "evaluation results", "metrics", "performance"),
    "its risks and limits": ("bias risks and limitations", "limitations", "risks", "ethical considerations"),
}

_DEFAULTS = re.compile(r"\bYour Name\b|\byour-github-name\b")  # default answers in every template


class ModelCard(WrittenItem):
    """Model card: what the model is, how it was made and evaluated, and its risks, with nothing left to fill in.

    Write MODEL_CARD.md: what the model is, how it was made and evaluated, its risks and limits.

    Answer every open question, and replace "Your Name" with your name. Whoever considers using the model reads
    this page first.
    """

    id = "model-card"
    level = Level.DEPLOYER
    needs = "model"
    source = "Hugging Face model card; Mitchell et al. 2019, Model Cards for Model Reporting"
    place = "MODEL_CARD.md"
    rubric = (
        "Would somebody who finds only this page know what goes in, what comes out, and how it was made?",
        "Are the results given with the data they were measured on, and by group?",
        "Does it name risks and limits that fit this model, and whom to write to?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """The model card without the sections on its use."""
        card = model_card(repo)
        return apart_from(card, card.section(*USES), card.section(*MISUSES)) if card else None

    def flaws(self, repo: Repository, passage: Passage) -> Iterator[Evidence]:
        """Sections that are not there, and names that nobody has filled in."""
        card = model_card(repo)
        if card is None:
            return
        yield from (
            Evidence(f"no section says {what}", passage.path)
            for what, names in SECTIONS.items()
            if card.section(*names) is None
        )
        for number, line in enumerate(card.lines, 1):
            if found := _DEFAULTS.search(line):
                yield Evidence(f"still says “{found[0]}”", passage.path, number)


class IntendedUse(WrittenItem):
    """Intended and out-of-scope use: who may rely on it for what, and what it must not decide.

    Under "Uses" in MODEL_CARD.md, write who uses the answers for which decision, and what is out of scope.

    Wrong uses do more harm than wrong predictions, and only you know yours.
    """

    id = "intended-use"
    level = Level.DEPLOYER
    needs = "model"
    source = "Hugging Face model card: uses; NIST AI RMF, MAP 1.1 and MAP 3.3"
    place = 'section "Uses" in MODEL_CARD.md'
    rubric = (
        "Does it say who uses the answers, for which decision, and who has the last word?",
        "Does it name uses that are out of scope, and would a user recognise theirs?",
        "Does it say what people did before, and what they need to know to use it well?",
    )

    def passage(self, repo: Repository) -> Passage | None:
        """The sections on use of the model card, or else of the README."""
        return _uses(model_card(repo)) or _uses(readme(repo))


def _uses(document: Document | None) -> Passage | None:
    return together(document, document.section(*USES), document.section(*MISUSES)) if document else None
