{% extends "shared/tasks.py" %}
{% block guard %}
    if os.name == "nt":
        fail(2, "It runs processes as Linux and macOS do. Use WSL (https://learn.microsoft.com/windows/wsl).")
{% endblock %}
{% block ready %}registry/registry.db{% endblock %}
{% block unit %}rows{% endblock %}
{% block jobs %}
    "registry/registry.db": ["", "drill"],
    "drill": [
        "the whole story on replayed traffic: releases, a rollback, drift, an alarm, a retraining",
        "python -m service drill",
    ],
    "up": [
        "start the router on 127.0.0.1:8000, the champion behind it, and a supervisor that keeps both alive",
        "registry/registry.db",
        "python -m service up",
    ],
    "down": ["stop all of them", "python -m service down"],
    "status": ["what runs, which version answers, and where a release stands", "python -m service status"],
    "train": [
        "train and register a version; add UNTIL=YYYY-MM-DD CANDIDATE=name",
        "python -m service train ${UNTIL:+--until=$UNTIL} ${CANDIDATE:+--candidate=$CANDIDATE}",
    ],
    "deploy": [
        "release a version of the registry through the canary: make deploy VERSION=2; YES=1 approves it",
        "python -m service deploy ${YES:+--yes} -- $VERSION",
    ],
    "approve": [
        'sign a version off in approvals/: make approve VERSION=2 BY="Your Name"; add REASON="why"',
        "python -m service approve --by=$BY ${REASON:+--reason=$REASON} -- $VERSION",
    ],
    "override": [
        'release a version that was not shown to be no worse: make override VERSION=2 BY="Your Name" REASON="why"',
        "python -m service approve --override --by=$BY --reason=$REASON -- $VERSION",
    ],
    "rollback": [
        "bring the previous version back, or stop a release that is under way",
        "python -m service rollback ${REASON:+--reason=$REASON}",
    ],
    "monitor": [
        "measure performance and drift with the outcomes known by today, or by DAY=YYYY-MM-DD",
        "python -m service monitor ${DAY:+--day=$DAY}",
    ],
    "retrain": [
        "train on the outcomes known by today, or by DAY=YYYY-MM-DD, and propose the result",
        "python -m service retrain ${DAY:+--day=$DAY}",
    ],
    "experiment": [
        "measure a file of experiments/ beside the champion: make experiment NAME=one-split",
        "registry/registry.db",
        "python -m service experiment ${NAME:+--} ${NAME:+$NAME}",
    ],
    "load": [
        "measure how long an answer takes over HTTP, and what many users at once get",
        "registry/registry.db",
        "python -m service load",
        "python -m service report",
    ],
    "lineage": [
        'trace a prediction to its version, commit and training rows: make lineage ID=... with the "id" of its answer',
        "python -m service lineage -- $ID",
    ],
    "smoke": [
        "ask a running service for its health, version and a prediction; BASE=http://... for another one",
        "sh scripts/smoke.sh ${BASE:+$BASE}",
    ],
    "sbom": [
        "write sbom.json: the packages in the image, as a CycloneDX bill of materials",
        # What the image has besides its base: the environment that the Dockerfile installs, made once more.
        "python -m venv --clear --without-pip var/shipped",
        "install requirements.lock var/shipped",
        "cyclonedx-py environment --pyproject pyproject.toml --output-reproducible --output-file sbom.json var/shipped",
        "remove var/shipped",
    ],
{% endblock %}
{% block demo %}
        "echo Step 1 of 3: train, release and watch versions on replayed traffic, which takes longest.",
        "python -m service drill",
        "echo Step 2 of 3: measure how long an answer takes. Left: measure the champion.",
        "python -m service load",
        "echo Step 3 of 3: measure the champion and write the reports.",
        "python -m service evaluate",
{% endblock %}
{% block results %}reports/{% endblock %}
{% block clicks %}'#predict' '#score'{% endblock %}
{% block more_locks %}
        "compile pyproject.toml --group mlflow --output-file requirements-mlflow.lock",
{% endblock %}
{% block before_clean %}
        "chosen python -m service down",
{% endblock %}
