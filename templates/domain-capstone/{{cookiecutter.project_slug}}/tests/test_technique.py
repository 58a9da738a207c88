{% include "techniques/test_" ~ cookiecutter.__technique ~ ".py" %}
