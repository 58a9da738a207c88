{% extends "shared/scripts/space.sh" %}
{% block shipped %}settings.toml sql registry reports{% endblock %}
