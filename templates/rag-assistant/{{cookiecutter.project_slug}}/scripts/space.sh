{% extends "shared/scripts/space.sh" %}
{% block shipped %}--exclude='activity.db*' settings.toml artifacts data/corpus{% endblock %}
