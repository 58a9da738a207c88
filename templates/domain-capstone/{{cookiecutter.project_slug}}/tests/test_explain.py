{% include "inputs/test_" ~ cookiecutter.__inputs ~ ".py" %}
