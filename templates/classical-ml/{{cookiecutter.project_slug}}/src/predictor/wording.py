{% include "tasks/" ~ cookiecutter.__task ~ "/wording.py" %}
