"""The trained model on disk: a skops file, which runs no code when it is loaded (pickle can), and a manifest."""

import hashlib
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from skops import io as skops

from .manifest import ARTIFACTS, Manifest
from .reporting.metrics import write_text

FILE = "model.skops"
# Types of scikit-learn and NumPy that skops does not know as harmless yet; any other type is refused.
TRUSTED = [
    "numpy.dtype",
    "sklearn.calibration._CalibratedClassifier",
    "sklearn.calibration._TemperatureScaling",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
]


class ModelError(ValueError):
    """The artifacts cannot be served; the message says why."""


def packed(model: Any) -> bytes:
    return bytes(skops.dumps(model))


def save(content: bytes, manifest: Manifest) -> None:
    """Write the model; its manifest comes last, because it describes the other file."""
    ARTIFACTS.mkdir(exist_ok=True)
    (ARTIFACTS / FILE).write_bytes(content)
    write_manifest(manifest)


def write_manifest(manifest: Manifest) -> None:
    write_text(ARTIFACTS / "model.json", manifest.model_dump_json(indent=2) + "\n")


def load(folder: Path) -> tuple[Any, Manifest]:
    """The model, if it is the file that `model.json` describes and holds only known types.

    Raises:
        ModelError: a file is missing or broken, or the two do not belong together.
    """
    try:
        manifest = Manifest.model_validate_json((folder / "model.json").read_bytes())
        content = (folder / FILE).read_bytes()
    except FileNotFoundError as error:
        raise ModelError(f"{error.filename} does not exist; train a model first: make train") from None
    except ValidationError:
        raise ModelError(f"{folder / 'model.json'} does not fit this code; train again: make train") from None
    if hashlib.sha256(content).hexdigest() != manifest.model_sha256:
        raise ModelError(f"{folder / FILE} is not the file that model.json describes; train again: make train")
    if unknown := set(skops.get_untrusted_types(data=content)) - set(TRUSTED):
        raise ModelError(f"{folder / FILE} holds types that are not trusted: {', '.join(sorted(unknown))}")
    return skops.loads(content, trusted=TRUSTED), manifest
