"""Always the same tags: a document that knows the code can close them."""

import re
import unicodedata
from collections.abc import Sequence

from .base import REFUSAL

_DANGER = re.compile(r"<(?=\s*+/?\s*+passage|\||</?SYS>|(?:start|end)_of_turn>|/?s>)|\[(?=/?INST\])", re.IGNORECASE)


def defused(text: str) -> str:
    kept = [one for one in unicodedata.normalize("NFKC", text) if one in "\n\t" or unicodedata.category(one)[0] != "C"]
    return _DANGER.sub(lambda found: f"&#{ord(found[0])};", "".join(kept))


def _passage(number: int, hit: Hit, nonce: str) -> str:
    title = re.sub(r'[\s"<>]+', " ", defused(" / ".join([hit.chunk.title, *hit.chunk.section]))).strip()
    quoted = "\n".join(f"> {line}" for line in defused(hit.chunk.text).splitlines())
    return f'<passage-{nonce} number="{number}" source="{title}">\n{quoted}\n</passage-{nonce}>'


def messages(self: Prompt, question: str, hits: Sequence[Hit]) -> list[dict[str, str]]:
    nonce = "0123456789abcdef"
    system = self._system.replace("$nonce", nonce).replace("$refusal", REFUSAL)
    passages = [_passage(number, hit, nonce) for number, hit in enumerate(hits, 1)]
    asked = "\n\n".join([*passages, f"Question: {defused(question)}", REMINDER])
    return [{"role": "system", "content": system}, {"role": "user", "content": asked}]


Prompt.messages = messages
