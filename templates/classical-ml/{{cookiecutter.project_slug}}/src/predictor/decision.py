{% include "tasks/" ~ cookiecutter.__kind ~ "/decision.py" %}
