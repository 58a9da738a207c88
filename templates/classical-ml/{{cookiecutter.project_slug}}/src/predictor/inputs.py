{% include "columns/inputs.jinja" %}
