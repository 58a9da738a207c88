{% include "inputs/" ~ cookiecutter.__inputs ~ ".py" %}
