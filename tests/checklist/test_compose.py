"""What a compose file lets its containers do."""

from __future__ import annotations

import pytest

from scaffolder.check.engine.snapshot import Snapshot
from scaffolder.check.readers.compose import Compose, compose


def read(text: str) -> Compose:
    found = compose(Snapshot.of_files({"compose.yaml": text.encode()}))
    assert found
    return found


@pytest.mark.parametrize(
    "line",
    [
        "user: root",
        'user: "0"',
        "user: 0",
        'user: "0:0"',
        "user: root:root",
        "privileged: true",
        "volumes: ['/var/run/docker.sock:/var/run/docker.sock:ro']",
        "volumes: [{type: bind, source: /run/docker.sock, target: /x}]",
    ],
)
def test_what_gives_the_container_the_host(line: str) -> None:
    exposed = read(f"services:\n  api:\n    build: .\n    {line}\n").exposed()
    assert [number for number, _ in exposed] == [4]
    assert len(read(f"services:\n  api:\n    image: churn\n    {line}\n").exposed()) == 1


@pytest.mark.parametrize(
    "line", ["user: '10001:0'", "user: ${UID}", "privileged: false", "volumes: [./data:/data, cache:/c]", "volumes: 3"]
)
def test_what_does_not(line: str) -> None:
    assert read(f"services:\n  api:\n    build: .\n    {line}\n").exposed() == []


def test_services_of_others_are_theirs() -> None:
    text = "services:\n  api:\n    build: .\n  agent:\n    image: agent\n    user: root\n    volumes: [/var/run/docker.sock:/s]\n"
    assert read(text).exposed() == []
