{% include "tasks/" ~ cookiecutter.__kind ~ "/test_decision.py" %}
