{% include "columns/manifest.jinja" %}
