"""Texts as tokenizers and databases take them."""

from __future__ import annotations

from collections.abc import Iterable


def encodable(texts: Iterable[str]) -> list[str]:
    """Lone surrogates (an argument that is no UTF-8 has them) become question marks."""
    return [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
