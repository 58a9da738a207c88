{% include "techniques/experiment_" ~ (cookiecutter.__inputs if cookiecutter.__technique == "classification" else cookiecutter.__technique) ~ ".py" %}
