"""Give a text its label: by a classifier that has seen the training cases, or by a language model with a prompt."""

import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from .. import encoders
from ..benchmark import AnyCase, Labelled
from ..errors import BenchError
from ..matrix import Matrix, System
from ..models import local
from ..models.asking import Asker
from ..models.budget import Models
from ..models.responses import ModelError, Request
from ..runs import Row
from ..settings import Section
from .classifiers import Classifier, ClassifierOptions, fit

LABELS, TEXT = "LABELS", "TEXT"  # in a prompt: what is put in their place


class PromptOptions(Section):
    file: Path


class ModelOptions(Section):
    name: str  # as the server calls it
    temperature: float = Field(default=0, ge=0, le=2)
    max_tokens: int = Field(default=32, ge=1)
    seed: int = 0
    # What the server calls an option; "" leaves it out.
    send_as: dict[Literal["temperature", "max_tokens", "seed"], str] = Field(default={})


class Classify:
    """Runs classifiers and prompts over labelled texts."""

    def __init__(self, matrix: Matrix, cases: Sequence[AnyCase], models: Models) -> None:
        labelled = [case for case in cases if isinstance(case, Labelled)]
        self._matrix, self._models = matrix, models
        self.train = [case for case in labelled if case.split == "train"]
        self._fitted: dict[str, Classifier] = {}
        self.labels = sorted({case.label for case in labelled if case.split != "test"})

    def missing(self, system: System) -> str:
        """Why a system cannot be run here; empty if it can."""
        if "model" not in system.parts:
            options = self._matrix.part(ClassifierOptions, "classifier", system)
            bge = options.embedder == "bge" and options.kind in ("neighbours", "logistic")
            return encoders.MORE_MODELS if bge and encoders.folder("bge_small_en") is None else ""
        name = self._models.local
        try:
            if name:
                local.weights(name)
        except ModelError:
            return "its model is not installed (`make setup-model`)"
        return ""

    def prepare(self, system: System) -> None:
        """Fit a classifier, so that this time does not count as that of its answers."""
        if "classifier" in system.parts and system.name not in self._fitted:
            self._fitted[system.name] = fit(self._matrix.part(ClassifierOptions, "classifier", system), self.train)

    def requests(self, system: System, cases: Sequence[AnyCase], repeats: int) -> list[Request]:
        """What a language model is asked, case by case; nothing for a classifier."""
        if "model" not in system.parts:
            return []
        options = self._matrix.part(ModelOptions, "model", system)
        if self._models.local not in ("", options.name):
            raise BenchError(
                f"systems.toml: model.{system.parts['model']}: {options.name!r} is not the model of this machine, "
                f"{self._models.local!r}; correct its name, or let BENCH_MODEL_URL or models.url lead to its server"
            )
        prompt = self._prompt(system)
        return [
            Request(
                model=options.name,
                prompt=self._filled(prompt, case.text),
                temperature=options.temperature,
                max_tokens=options.max_tokens,
                seed=options.seed + repeat,
                repeat=repeat,
                send_as=tuple(sorted(options.send_as.items())) or None,
            )
            for case in cases
            for repeat in range(repeats)
        ]

    def run(self, system: System, cases: Sequence[AnyCase], repeats: int, asker: Asker | None) -> Iterator[Row]:
        """A row for each case, and for each repeat of a language model, in order.

        Raises:
            ModelError: the model does not answer, or a cap is reached.
        """
        if asker and "model" in system.parts:
            asked = [(case, repeat) for case in cases for repeat in range(repeats)]
            answers = asker.complete_all(self.requests(system, cases, repeats))
            for (case, repeat), answer in zip(asked, answers, strict=True):
                label = self.label_in(answer.text)
                yield Row(
                    system=system.name,
                    case=case.id,
                    repeat=repeat,
                    output=label,
                    scores={"accuracy": float(label == case.gold)},
                    ms=round(answer.milliseconds, 3),
                    shown=[answer.text],
                    failure=answer.failure,
                    tokens=answer.prompt_tokens + answer.completion_tokens,
                    price=answer.price,
                )
            return
        for case in cases:
            started = time.perf_counter()
            label, confidence = self._fitted[system.name](case.text)
            ms = (time.perf_counter() - started) * 1000
            yield Row(
                system=system.name,
                case=case.id,
                output=label,
                scores={"accuracy": float(label == case.gold)},
                confidence=None if confidence is None else round(confidence, 6),
                ms=round(ms, 3),
            )

    def label_in(self, answer: str) -> str:
        """The label that an answer names first, the longest if several begin there; empty if it names none."""
        names = "|".join(re.escape(label) for label in sorted(self.labels, key=len, reverse=True))
        found = re.search(rf"(?<!\w)(?:{names})(?!\w)", answer, re.IGNORECASE)
        return next((label for label in self.labels if found and label.lower() == found[0].lower()), "")

    def _prompt(self, system: System) -> str:
        file = self._matrix.part(PromptOptions, "prompt", system).file
        try:
            text = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise BenchError(f"{file} cannot be read as a prompt: {getattr(error, 'strerror', 'not UTF-8')}") from None
        if not re.search(rf"\b{TEXT}\b", text):
            raise BenchError(f"{file} does not say where the text belongs; write {TEXT} there")
        return text.strip()

    def _filled(self, prompt: str, text: str) -> str:
        """The prompt with its marks replaced, both at once: a label may hold the word that marks the text."""
        values = {LABELS: ", ".join(self.labels), TEXT: text}
        return re.sub(rf"\b(?:{LABELS}|{TEXT})\b", lambda found: values[found[0]], prompt)
