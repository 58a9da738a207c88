{% extends "shared/tasks.py" %}
{% set simulated %}
{% if cookiecutter.use_case == 'fraud' %}
        "data/fraud.csv.gz",
{% endif %}
{% endset %}
{% block ready %}artifacts/model.onnx{% endblock %}
{% block unit %}split{% endblock %}
{% block evaluate_needs %}
{{ simulated }}        "artifacts/model.onnx",
{% endblock %}
{% block jobs %}
{% if cookiecutter.use_case == 'fraud' %}
    "data/fraud.csv.gz": ["data/simulate.py", "python data/simulate.py"],
{% endif %}
    "data": [
        "check the data against the schema in settings.toml",
{{ simulated }}        "python -m predictor data",
    ],
    "train": [
        "choose a model by cross-validation and write it to artifacts/",
{{ simulated }}        "echo Compares two kinds of models in each fold: on a large table, that takes minutes.",
        "python -m predictor train",
    ],
    "artifacts/model.onnx": ["", "train"],
    "experiment": [
        "measure a change on the training rows: make experiment NAME=FILE (of experiments/), or NAME=new BASE=main",
{{ simulated }}        "echo Chooses a model without the change and with it: on a large table, that takes minutes.",
        "python -m predictor experiment ${BASE:+--base=$BASE} ${NAME:+--} ${NAME:+$NAME}",
    ],
{% endblock %}
{% block demo %}
{{ simulated }}        "python -m predictor demo",
{% endblock %}
{% block site %}
    "web/node_modules": ["web/package-lock.json", "npm ci --silent --prefix web --ignore-scripts --no-audit --no-fund"],
    "site": [
        "write site/, the page with the model inside, for a free host (needs npm)",
        "artifacts/model.onnx",
        "web/node_modules",
        "remove site",
        "copy src/predictor/serving/static site/static",
        "copy web/predictor.js site/static",
        "copy web/outcome.js site/static",
        "copy web/node_modules/onnxruntime-web/dist/ort.wasm.bundle.min.mjs site/static",
        "copy web/node_modules/onnxruntime-web/dist/ort-wasm-simd-threaded.wasm site/static",
        "copy artifacts/model.onnx site",
        "copy artifacts/model.json site",
        "python -m predictor site",
    ],
{% endblock %}
{% block needed %}
    "npm": "npm of Node.js (https://nodejs.org)",
{% endblock %}
{% block clicks %}'[data-example]' '#verdict'{% endblock %}
