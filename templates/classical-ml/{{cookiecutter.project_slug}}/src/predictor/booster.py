{% include "boosters/" ~ cookiecutter.model ~ ".py" %}
