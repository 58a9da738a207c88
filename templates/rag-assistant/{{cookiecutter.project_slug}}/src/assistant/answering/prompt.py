"""Question and passages -> the messages for a language model.

Documents come from anywhere, so a passage may try to speak to the model. Against that stand the delimiting and
marking of Hines et al., Defending Against Indirect Prompt Injection Attacks With Spotlighting, 2024: tags that
carry a random number which no document can know, a quotation mark before each quoted line, and a system message
that says what is data. What could pass for a tag, for a change of speakers or for nothing at all is taken out.
"""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from pathlib import Path

from ..errors import AssistantError
from ..hits import Hit
from .base import REFUSAL

FOLDER = Path(__file__).with_name("prompts")
REMINDER = "Answer from the passages above, with their numbers in brackets."
# What could pass for our tags, and what chat templates use to change speakers: <|im_start|>, [INST], <<SYS>>,
# <start_of_turn>, </s>.
CONTROL = re.compile(r"<(?=\s*+/?\s*+passage|\||</?SYS>|(?:start|end)_of_turn>|/?s>)|\[(?=/?INST\])", re.IGNORECASE)
# Cf has zero-width and bidirectional controls and the tag characters that smuggle ASCII; Co is private use.
INVISIBLE = {"Cc", "Cf", "Co", "Cn", "Cs"}


class Prompt:
    """The prompt in `prompts/VERSION.md`: each version has its own file, so that an answer can name the one behind it.

    In the file, $nonce stands for the random number in the passages' tags, and $refusal for how a refusal is worded.

    Raises:
        AssistantError: there is no such version.
    """

    def __init__(self, version: str) -> None:
        self.version, versions = version, sorted(file.stem for file in FOLDER.glob("*.md"))
        if version not in versions:
            raise AssistantError(f"answering.prompt is {version!r}; choose one of {', '.join(versions)}")
        self._system = (FOLDER / f"{version}.md").read_text(encoding="utf-8").strip()

    def messages(self, question: str, hits: Sequence[Hit]) -> list[dict[str, str]]:
        """The system's and the user's message for these passages, numbered from 1 in their order."""
        nonce = secrets.token_hex(8)
        passages = [_passage(number, hit, nonce) for number, hit in enumerate(hits, 1)]
        user = "\n\n".join([*passages, f"Question: {defused(question)}", REMINDER])
        system = self._system.replace("$nonce", nonce).replace("$refusal", REFUSAL)
        return [{"role": "system", "content": system}, {"role": "user", "content": user}]


def defused(text: str) -> str:
    """The text without invisible characters, and without anything that could end a passage or a message."""
    visible = "".join(
        character
        for character in unicodedata.normalize("NFKC", text)
        if character in "\n\t" or unicodedata.category(character) not in INVISIBLE
    )
    return CONTROL.sub(lambda found: f"&#{ord(found[0])};", visible)


def _passage(number: int, hit: Hit, nonce: str) -> str:
    heading = re.sub(r'[\s"<>]+', " ", defused(" / ".join((hit.chunk.title, *hit.chunk.section)))).strip()
    quoted = "\n".join(f"> {line}" for line in defused(hit.chunk.text).splitlines())
    return f'<passage-{nonce} number="{number}" source="{heading}">\n{quoted}\n</passage-{nonce}>'
