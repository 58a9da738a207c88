"""Write `site/`: the page with the model inside, for a host that only hands out files."""

from pathlib import Path
from shutil import copy, copytree, rmtree

from ..explain import method
from ..manifest import ARTIFACTS
from ..model import load_model
from .page import render_page
from .web import STATIC

SITE = Path("site")
WEB = Path("web")  # what the model needs in a browser
RUNTIME = WEB / "node_modules/onnxruntime-web/dist"


def write() -> None:
    """Replace `site/` by the page, the model, and what runs it in a browser.

    Raises:
        ModelError: there is no usable model.
        OSError: the runtime is not there; `make site` fetches it.
    """
    manifest = load_model(ARTIFACTS).manifest
    rmtree(SITE, ignore_errors=True)
    copytree(STATIC, SITE / "static")
    scripts = (WEB / "predictor.js", WEB / "outcome.js")
    runtime = (RUNTIME / "ort.wasm.bundle.min.mjs", RUNTIME / "ort-wasm-simd-threaded.wasm")
    for file in (*scripts, *runtime):
        copy(file, SITE / "static")
    for name in ("model.onnx", "model.json"):
        copy(ARTIFACTS / name, SITE)
    page = render_page(manifest, method(manifest), site=True)
    (SITE / "index.html").write_text(page, encoding="utf-8", newline="\n")
