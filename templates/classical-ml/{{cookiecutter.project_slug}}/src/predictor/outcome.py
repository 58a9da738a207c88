{% include "tasks/" ~ cookiecutter.__kind ~ "/outcome.py" %}
