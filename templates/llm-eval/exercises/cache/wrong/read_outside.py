"""Reads an answer outside of the block that explains what is wrong with the file."""


def get(self: Cache, request: Request) -> Completion | None:
    with self._opened() as file:
        row = file.execute("SELECT answer FROM answers WHERE key = ?", [self._key(request)]).fetchone()
    return Completion.model_validate_json(row[0]) if row else None


def put(self: Cache, request: Request, completion: Completion) -> None:
    with self._opened() as file:
        file.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", [self._key(request), completion.model_dump_json()])


def _key(self: Cache, request: Request) -> str:
    return f"{self._server} {request.model_dump_json(exclude_none=True)}"


Cache.get, Cache.put, Cache._key = get, put, _key
