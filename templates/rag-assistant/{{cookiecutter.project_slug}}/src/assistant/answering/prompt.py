"""Question and passages -> the messages for a language model.

Documents come from anywhere, so a passage may try to speak to the model. Against that stand the delimiting and
marking of Hines et al., Defending Against Indirect Prompt Injection Attacks With Spotlighting, 2024: tags that
carry a random number which no document can know, a quotation mark before each quoted line, and a system message
that says what is data. What could pass for a tag, for a change of speakers or for nothing at all is taken out.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from string import Template
from typing import Literal, TypedDict

from ..errors import AssistantError
from ..hits import Hit
from .base import REFUSAL

SECTIONS = re.compile(r"^# (system|user)\n", re.MULTILINE)
TAG = re.compile(r"<(?=\s*/?\s*passage)", re.IGNORECASE)
# What chat templates use to change speakers: <|im_start|>, [INST], <<SYS>>, <start_of_turn>, </s>.
CONTROL_TOKEN = re.compile(r"<(?=\||</?SYS>|(?:start|end)_of_turn>|/?s>)|\[(?=/?INST\])", re.IGNORECASE)
ESCAPES = {"<": "&lt;", "[": "&#91;"}


class Message(TypedDict):
    """One message of a chat."""

    role: Literal["system", "user"]
    content: str


@dataclass(frozen=True)
class Prompt:
    """A version of the prompt. Each version has its own file, so that an answer can name the prompt behind it."""

    version: str
    system: Template
    user: Template

    def messages(self, question: str, hits: Sequence[Hit]) -> list[Message]:
        """The messages for these passages, numbered from 1 in their order."""
        nonce = secrets.token_hex(8)
        passages = "\n\n".join(_passage(number, hit, nonce) for number, hit in enumerate(hits, 1))
        values = {"nonce": nonce, "refusal": REFUSAL, "passages": passages, "question": defused(question)}
        return [
            {"role": "system", "content": self.system.substitute(values)},
            {"role": "user", "content": self.user.substitute(values)},
        ]


def load_prompt(version: str) -> Prompt:
    """The prompt `prompts/VERSION.md`.

    Raises:
        AssistantError: there is no such version, or its file is not a system and a user part.
    """
    folder = resources.files(__package__) / "prompts"
    versions = sorted(file.name.removesuffix(".md") for file in folder.iterdir() if file.name.endswith(".md"))
    if version not in versions:
        raise AssistantError(f"answering.prompt is {version!r}; choose one of {', '.join(versions)}")
    return parse_prompt(version, (folder / f"{version}.md").read_text(encoding="utf-8"))


def parse_prompt(version: str, text: str) -> Prompt:
    """A prompt from its file's text.

    Raises:
        AssistantError: it has not one `# system` and one `# user` part, or placeholders that nothing fills.
    """
    parts = SECTIONS.split(text)
    if parts[1::2] != ["system", "user"] or parts[0].strip():
        raise AssistantError(f"the prompt {version} needs a part '# system' and then a part '# user'")
    prompt = Prompt(version, Template(parts[2].strip()), Template(parts[4].strip()))
    try:
        prompt.messages("", [])
    except (KeyError, ValueError) as error:
        raise AssistantError(f"the prompt {version} has a placeholder that nothing fills: {error}") from None
    return prompt


def defused(text: str) -> str:
    """The text without invisible characters, and without anything that could end a passage or a message."""
    visible = "".join(one for one in unicodedata.normalize("NFKC", text) if _visible(one))
    for pattern in (TAG, CONTROL_TOKEN):
        visible = pattern.sub(lambda found: ESCAPES[found[0]], visible)
    return visible


def _visible(character: str) -> bool:
    # Cf has zero-width and bidirectional controls and the tag characters that smuggle ASCII; Co is private use.
    return character in "\n\t" or unicodedata.category(character) not in {"Cc", "Cf", "Co", "Cn", "Cs"}


def _passage(number: int, hit: Hit, nonce: str) -> str:
    source = " / ".join((hit.chunk.title, *hit.chunk.section))
    heading = re.sub(r'[\s"<>]+', " ", defused(source)).strip()
    quoted = "\n".join(f"> {line}" for line in defused(hit.chunk.text).splitlines())
    return f'<passage-{nonce} number="{number}" source="{heading}">\n{quoted}\n</passage-{nonce}>'
