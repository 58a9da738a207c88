"""Documents that came through the service: read and indexed one after another, in the background."""

from __future__ import annotations

from queue import Queue
from secrets import token_hex
from threading import Thread

from .. import errors
from ..documents.text import DocumentError
from ..ingestion.ingest import Upload, add_upload
from ..ingestion.sandbox import steps
from .service import Service, log, sentence

KEPT = 1000  # uploads, the last ones
WAITING = 4  # uploads, beside the one that is indexed


class Uploads:
    """What has become of each upload since the service began: `known`, by its id."""

    def __init__(self, service: Service) -> None:
        self.known = dict[str, Upload]()
        self._service, self._line = service, Queue[tuple[str, str, bytes]](WAITING)
        Thread(target=self._work, daemon=True).start()  # the service does not wait for it when it stops

    def add(self, name: str, data: bytes) -> str:
        """Have a file indexed in the background; waits as long as too many others wait. Returns the upload's id."""
        upload = token_hex(8)
        self.known[upload] = Upload()
        self._line.put((upload, name, data))
        if len(self.known) > KEPT:
            del self.known[next(iter(self.known))]
        return upload

    def _work(self) -> None:
        settings, open_index = self._service.settings, self._service.open_index
        while True:  # one at a time: indexing keeps a core busy, and the index takes one writer anyway
            upload, name, data = self._line.get()
            try:
                for step in steps(settings.limits, Upload, add_upload, open_index, settings, name, data):
                    self.known[upload] = step
            except Exception as error:
                unreadable = isinstance(error, (DocumentError, errors.DocumentError))
                log.info("refused", reason=type(error).__name__, exc_info=None if unreadable else error)
                self.known[upload] = Upload(error=sentence(error))
