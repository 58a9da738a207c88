{% include "tasks/" ~ cookiecutter.__task ~ "/plots.py" %}
