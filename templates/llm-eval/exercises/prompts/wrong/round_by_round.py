"""Asks all cases once, then all of them again, so that answers and cases do not fit."""

import re
from collections.abc import Sequence


def requests(self: Classify, system: System, cases: Sequence[AnyCase], repeats: int) -> list[Request]:
    if "model" not in system.parts:
        return []
    options = self._matrix.part(ModelOptions, "model", system)
    if self._models.local and self._models.local != options.name:
        raise BenchError(f"{options.name} is not the model of this machine")
    prompt = self._prompt(system)
    values = {
        "model": options.name,
        "temperature": options.temperature,
        "max_tokens": options.max_tokens,
        "send_as": tuple(options.send_as.items()) or None,
    }
    return [
        Request(prompt=self._filled(prompt, case.text), seed=options.seed + repeat, repeat=repeat, **values)
        for repeat in range(repeats)
        for case in cases
    ]


def label_in(self: Classify, answer: str) -> str:
    names = "|".join(re.escape(label) for label in sorted(self.labels, key=len, reverse=True))
    found = re.search(rf"(?<!\w)(?:{names})(?!\w)", answer, re.IGNORECASE)
    return next((label for label in self.labels if found and label.lower() == found[0].lower()), "")


def _filled(self: Classify, prompt: str, text: str) -> str:
    values = {LABELS: ", ".join(self.labels), TEXT: text}
    return re.sub(rf"\b(?:{LABELS}|{TEXT})\b", lambda found: values[found[0]], prompt)


Classify.requests, Classify.label_in, Classify._filled = requests, label_in, _filled
