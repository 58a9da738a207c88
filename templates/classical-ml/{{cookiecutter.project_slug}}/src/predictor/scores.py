{% include "tasks/" ~ cookiecutter.__task ~ "/scores.py" %}
