"""Questions that an interviewer would ask about a project as it is now, and where the answers stand in it."""
