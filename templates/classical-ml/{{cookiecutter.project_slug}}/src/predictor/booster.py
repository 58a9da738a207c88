{% include "boosters/" ~ cookiecutter.model ~ ("_regressor" if cookiecutter.__kind == "number" else "_classifier") ~ ".py" %}
