"""Makes the key a hash of the server and all fields, and removes an older answer before it writes."""

import hashlib
import json


def get(self: Cache, request: Request) -> Completion | None:
    with self._opened() as file:
        for (answer,) in file.execute("SELECT answer FROM answers WHERE key = ?", (self._key(request),)):
            return Completion(**json.loads(answer))
    return None


def put(self: Cache, request: Request, completion: Completion) -> None:
    key = self._key(request)
    with self._opened() as file:
        file.execute("DELETE FROM answers WHERE key = ?", (key,))
        file.execute("INSERT INTO answers (key, answer) VALUES (?, ?)", (key, json.dumps(completion.model_dump())))


def _key(self: Cache, request: Request) -> str:
    fields = json.dumps([self._server, request.model_dump(exclude_none=True)], sort_keys=True)
    return hashlib.sha256(fields.encode()).hexdigest()


Cache.get, Cache.put, Cache._key = get, put, _key
