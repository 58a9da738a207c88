{% include "tasks/" ~ cookiecutter.__task ~ "/outcome.py" %}
