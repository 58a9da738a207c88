{% include "tasks/" ~ cookiecutter.__task ~ "/task.py" %}
