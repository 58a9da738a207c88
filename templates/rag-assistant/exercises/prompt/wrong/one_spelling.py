"""Takes out the closing tag by its letters alone: with a space, a hidden sign or full-width brackets it passes."""

import re
import secrets
from collections.abc import Sequence

from .base import REFUSAL


def defused(text: str) -> str:
    return text.replace("</passage>", "").replace("<|", "")


def _passage(number: int, hit: Hit, nonce: str) -> str:
    title = re.sub(r'[\s"<>]+', " ", defused(" / ".join([hit.chunk.title, *hit.chunk.section]))).strip()
    quoted = "\n".join(f"> {line}" for line in defused(hit.chunk.text).splitlines())
    return f'<passage-{nonce} number="{number}" source="{title}">\n{quoted}\n</passage-{nonce}>'


def messages(self: Prompt, question: str, hits: Sequence[Hit]) -> list[dict[str, str]]:
    nonce = secrets.token_hex(8)
    system = self._system.replace("$nonce", nonce).replace("$refusal", REFUSAL)
    passages = [_passage(number, hit, nonce) for number, hit in enumerate(hits, 1)]
    asked = "\n\n".join([*passages, f"Question: {defused(question)}", REMINDER])
    return [{"role": "system", "content": system}, {"role": "user", "content": asked}]


Prompt.messages = messages
