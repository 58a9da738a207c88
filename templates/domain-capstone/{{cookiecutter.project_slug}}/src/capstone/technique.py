{% include "techniques/" ~ cookiecutter.__technique ~ ".py" %}
