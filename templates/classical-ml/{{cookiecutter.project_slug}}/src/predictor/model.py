{% include "columns/model.jinja" %}
