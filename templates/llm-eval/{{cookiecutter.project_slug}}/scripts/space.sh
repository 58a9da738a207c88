{% extends "shared/scripts/space.sh" %}
{% block shipped %}settings.toml reports{% endblock %}
