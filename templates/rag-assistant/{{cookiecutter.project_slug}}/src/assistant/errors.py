"""Errors that a person can do something about. Each message says what is wrong, where, and what to do."""

from .documents import text


class AssistantError(ValueError):
    """The request or the configuration cannot be used."""


class DocumentError(AssistantError, text.DocumentError):
    """A file cannot be read as a document; the message begins with its name."""


class QuestionError(AssistantError):
    """A question, or the filter that came with it, cannot be answered as asked."""


class FilterError(QuestionError):
    """The filter names a field or value that no document has."""


class StaleIndex(AssistantError):  # noqa: N818  (a state, not a mistake)
    """The index is missing, or was made with other settings."""


class Unavailable(AssistantError):  # noqa: N818  (a state, not a mistake)
    """A database or model server does not answer, or answers nonsense.

    `message` is for everybody. `reason` is for the people who run the service; it may name hosts and users.
    """

    def __init__(self, message: str, reason: str = "") -> None:
        super().__init__(message, reason)
        self.message, self.reason = message, reason

    def __str__(self) -> str:
        return f"{self.message} ({self.reason})" if self.reason else self.message
