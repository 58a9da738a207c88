{% include "columns/settings.jinja" %}
