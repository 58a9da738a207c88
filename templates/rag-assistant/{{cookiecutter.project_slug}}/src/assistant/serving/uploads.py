"""Documents that came through the service: read and indexed one after another, in the background."""

from __future__ import annotations

from secrets import token_hex
from threading import Lock, Semaphore, Thread

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
        self._service, self._places, self._turn = service, Semaphore(1 + WAITING), Lock()

    def add(self, name: str, data: bytes) -> str:
        """Have a file indexed in the background; waits as long as too many others wait. Returns the upload's id."""
        upload = token_hex(8)
        self.known[upload] = Upload()
        self._places.acquire()
        Thread(target=self._index, args=(upload, name, data), daemon=True).start()  # a stop does not wait for it
        if len(self.known) > KEPT:
            del self.known[next(iter(self.known))]
        return upload

    def _index(self, upload: str, name: str, data: bytes) -> None:
        settings, open_index = self._service.settings, self._service.open_index
        try:
            with self._turn:  # one at a time: indexing keeps a core busy, and the index takes one writer anyway
                for step in steps(settings.limits, Upload, add_upload, open_index, settings, name, data):
                    self.known[upload] = step
        except Exception as error:
            unreadable = isinstance(error, (DocumentError, errors.DocumentError))
            log.info("refused", reason=type(error).__name__, exc_info=None if unreadable else error)
            self.known[upload] = Upload(error=sentence(error))
        finally:
            self._places.release()
