{% include "tasks/" ~ cookiecutter.__kind ~ "/answer.js" %}
