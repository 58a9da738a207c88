"""What a search finds."""

from __future__ import annotations

from dataclasses import dataclass

from .passages import Chunk


@dataclass(frozen=True, slots=True)
class Hit:
    """A retrieved passage; `score` orders the hits."""

    chunk: Chunk
    score: float
    cosines: tuple[float, ...] = ()  # similarity of each of its sentences with the question
