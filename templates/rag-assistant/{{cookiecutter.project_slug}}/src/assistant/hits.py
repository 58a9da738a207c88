"""What retrieval is asked for, and what it finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .passages import Chunk

Where = Mapping[str, Sequence[str]]  # field -> accepted values; a passage must satisfy every field


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage; `score` orders the hits."""

    chunk: Chunk
    score: float
    cosines: tuple[float, ...] = ()  # similarity of each of its sentences with the question
