"""Requests to models, their answers, and the file that remembers every answer."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from pydantic import Field

from ..errors import BenchError
from ..reporting.metrics import Part


class ModelError(BenchError):
    """Something that the user has to change: a setting, an address, a key, a cap, a damaged cache."""


class Unavailable(ModelError):  # noqa: N818  (a state, not a mistake)
    """The model's server fails or answers nonsense; what it has answered before is kept."""


class Request(Part):
    """One question to one model. `repeat` makes the same question a new one; the server does not see it."""

    model: str
    prompt: str
    temperature: float = Field(default=0, ge=0, le=2)
    max_tokens: int = Field(default=256, ge=1)
    seed: int = 0
    repeat: int = Field(default=0, ge=0)
    send_as: tuple[tuple[str, str], ...] | None = None  # what the server calls an option; "" if it does not take it


class Completion(Part):
    """An answer. Its time and tokens are those of the call that brought it, also when it comes from the cache."""

    text: str
    prompt_tokens: int
    completion_tokens: int
    milliseconds: float  # of the attempt that succeeded
    price: float = 0  # by the settings of today, not of the call
    failure: str = ""  # why there is no text, if the server says so


class Cache:
    """Answers in an SQLite file, each committed as it arrives. Threads may share it.

    The key of an answer is the server and the whole request, so that neither two servers with a model of the same name
    nor two settings of a model are mixed.

    Raises:
        ModelError: the file is damaged, is something else, or cannot be written. It is never replaced, since its
            answers may have cost money.
    """

    def __init__(self, path: Path, server: str) -> None:
        self._path, self._server = path, server
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._opened() as file:
            file.execute("CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, answer TEXT NOT NULL)")
            if file.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise sqlite3.DatabaseError("its parts do not fit together")

    def get(self, request: Request) -> Completion | None:
        """What was answered, without its price."""
        with self._opened() as file:
            row = file.execute("SELECT answer FROM answers WHERE key = ?", [self._key(request)]).fetchone()
            completion = Completion.model_validate_json(row[0]) if row else None
        return completion  # noqa: RET504  (mypy wants it out here)

    def put(self, request: Request, completion: Completion) -> None:
        with self._opened() as file:
            file.execute(
                "INSERT OR REPLACE INTO answers VALUES (?, ?)", [self._key(request), completion.model_dump_json()]
            )

    def _key(self, request: Request) -> str:
        return f"{self._server} {request.model_dump_json(exclude_none=True)}"

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(sqlite3.connect(self._path, timeout=30)) as file, file:  # the second commits
                yield file
        except (sqlite3.Error, ValueError) as error:
            raise ModelError(
                f"The file of answers, {self._path}, is damaged or cannot be used: {str(error).splitlines()[0]}. Its "
                "answers may have cost money, so it is not replaced; restore a copy, or move it away to ask again."
            ) from None
