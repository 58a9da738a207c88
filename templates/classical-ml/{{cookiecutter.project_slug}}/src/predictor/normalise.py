{% include "columns/normalise.jinja" %}
