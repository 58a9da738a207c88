"""A model server on 127.0.0.1 that answers, or misbehaves, as a test tells it to."""

import json
import threading
import time
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    content: str | None = None  # None is a completion that repeats the question
    status: int = 200
    seconds: float = 0  # until it begins, the shorter the longer the question is
    after: threading.Event | None = None  # before which it does not begin
    promise: int = 0  # bytes, if not as many as it has
    retry_after: str = ""


class FakeModels(ThreadingHTTPServer):
    """The first reply is for the first request, and so on; the last one for all that follow."""

    def __init__(self, *replies: Reply) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url, self.replies = f"http://127.0.0.1:{self.server_port}/v1", replies
        self.asked, self.last = list[str](), dict[str, Any]()
        threading.Thread(target=self.serve_forever, args=(0.01,), daemon=True).start()

    def server_close(self) -> None:
        self.shutdown()
        super().server_close()


class _Handler(BaseHTTPRequestHandler):
    server: FakeModels

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["content-length"])))
        question = request["messages"][-1]["content"]
        self.server.asked.append(question)
        self.server.last = {**request, "key": self.headers["authorization"]}
        reply = self.server.replies[min(len(self.server.asked), len(self.server.replies)) - 1]
        time.sleep(reply.seconds / len(question))
        if reply.after:
            reply.after.wait()
        data = (completion(f"{question}!") if reply.content is None else reply.content).encode()
        self.send_response(reply.status)
        self.send_header("content-length", str(reply.promise or len(data)))
        self.send_header("retry-after", reply.retry_after)
        self.end_headers()
        self.wfile.write(data)


def completion(text: object, prompt_tokens: int = 7, refusal: str | None = None, finish: str = "stop") -> str:
    usage = {"prompt_tokens": prompt_tokens, "completion_tokens": 2}
    choice = {"message": {"content": text, "refusal": refusal}, "finish_reason": finish}
    return json.dumps({"choices": [choice], "usage": usage})
