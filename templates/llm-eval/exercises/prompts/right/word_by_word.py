"""Splits the prompt at its marks, and looks for each label from each place of the answer."""

import re
from collections.abc import Sequence


def requests(self: Classify, system: System, cases: Sequence[AnyCase], repeats: int) -> list[Request]:
    found: list[Request] = []
    if "model" in system.parts:
        options = self._matrix.part(ModelOptions, "model", system)
        if self._models.local not in {"", options.name}:
            raise BenchError(f"This machine has {self._models.local}, but systems.toml names {options.name}.")
        settings = options.model_dump(include={"temperature", "max_tokens"})
        renamed = tuple(options.send_as.items()) if options.send_as else None
        for case in cases:
            prompt = self._filled(self._prompt(system), case.text)
            for number in range(repeats):
                request = Request(model=options.name, prompt=prompt, send_as=renamed, **settings)
                found.append(request.model_copy(update={"repeat": number, "seed": options.seed + number}))
    return found


def label_in(self: Classify, answer: str) -> str:
    answer = answer.lower()
    for start in range(len(answer)):
        if start and _in_word(answer[start - 1]):
            continue
        for label in sorted(self.labels, key=len, reverse=True):
            end = start + len(label)
            if answer[start:end] == label.lower() and not (answer[end:] and _in_word(answer[end])):
                return label
    return ""


def _in_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


def _filled(self: Classify, prompt: str, text: str) -> str:
    pieces = re.split(r"(\w+)", prompt)
    values = {LABELS: ", ".join(self.labels), TEXT: text}
    return "".join(values.get(piece, piece) for piece in pieces)


Classify.requests, Classify.label_in, Classify._filled = requests, label_in, _filled
