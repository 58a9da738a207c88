"""The description of a version: what is in it, and what is refused."""

import json
import re

import pytest

import toy_model
from service.manifest import ManifestError, read_manifest


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"rows": 0}, "version 7: rows: Input should be greater than or equal to 1"),
        ({"commit": 3}, "version 7: commit: Input should be a valid string"),
        ({"surprise": 1}, "version 7: surprise: Extra inputs are not permitted"),
        ({"data_sha256": "abc"}, "version 7: data_sha256: String should match pattern"),
        ({"inputs": []}, "version 7: inputs: List should have at least 1 item"),
        ({"inputs": [{"kind": "numeric", "name": "A b", "example": 1}]}, "inputs.0.numeric.name: String should match"),
    ],
)
def test_what_does_not_fit_is_named(changes: dict[str, object], sentence: str) -> None:
    content = json.loads(toy_model.manifest().model_dump_json()) | changes
    with pytest.raises(ManifestError, match=re.escape(sentence)):
        read_manifest(json.dumps(content).encode(), "version 7")


@pytest.mark.parametrize("content", [b"", b"no JSON", b"[]", b"\xff"])
def test_what_is_no_manifest_is_refused(content: bytes) -> None:
    with pytest.raises(ManifestError, match=r"^manifest.json: the file: "):
        read_manifest(content)
