{% include "techniques/figure_" ~ cookiecutter.__technique ~ ".py" %}
