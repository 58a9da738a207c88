"""Every left bracket that begins something dangerous becomes an entity, found by what follows it."""

import re
import secrets
import unicodedata
from collections.abc import Sequence

from .base import REFUSAL

_DANGER = re.compile(r"<\s*+/?\s*+passage|<\||</?SYS>|<(?:start|end)_of_turn>|</?s>|\[/?INST\]", re.IGNORECASE)


def defused(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    kept = [one for one in plain if one in "\n\t" or unicodedata.category(one)[0] != "C"]
    return _DANGER.sub(lambda found: f"&#x{ord(found[0][0]):x};{found[0][1:]}", "".join(kept))


def _passage(number: int, hit: Hit, nonce: str) -> str:
    title = " ".join(re.split(r'[\s"<>]+', defused(" / ".join([hit.chunk.title, *hit.chunk.section])))).strip()
    lines = [f'<passage-{nonce} number="{number}" source="{title}">']
    lines += ["> " + line for line in defused(hit.chunk.text).splitlines()]
    return "\n".join([*lines, f"</passage-{nonce}>"])


def messages(self: Prompt, question: str, hits: Sequence[Hit]) -> list[dict[str, str]]:
    nonce = f"{secrets.randbits(64):016x}"
    parts = [_passage(place + 1, hit, nonce) for place, hit in enumerate(hits)]
    parts += ["Question: " + defused(question), REMINDER]
    system = self._system.replace("$refusal", REFUSAL).replace("$nonce", nonce)
    return [{"role": "system", "content": system}, {"role": "user", "content": "\n\n".join(parts)}]


Prompt.messages = messages
