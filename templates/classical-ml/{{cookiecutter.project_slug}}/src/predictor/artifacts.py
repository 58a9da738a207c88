{% include "columns/artifacts.jinja" %}
