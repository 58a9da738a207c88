{% extends "shared/scripts/pin.sh" %}
