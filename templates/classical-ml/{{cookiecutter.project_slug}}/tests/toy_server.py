"""A server of the standard library, which starts much faster than the real one, where any will do."""

PROGRAM = """
import os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def answer(self):
        self.rfile.read(int(self.headers.get("content-length", 0)))
        self.send_response(404 if self.path == "/nothing" else 200)
        self.send_header("content-length", "0")
        self.end_headers()
    def log_message(self, *_):
        pass
    do_GET = do_POST = answer

ThreadingHTTPServer(("127.0.0.1", int(os.environ["PREFIX_PORT"])), Handler).serve_forever()
"""


def toy_server(prefix: str) -> tuple[str, str]:
    """Options of Python that start it on the port in the environment variable of this prefix."""
    return "-c", PROGRAM.replace("PREFIX_", prefix)
