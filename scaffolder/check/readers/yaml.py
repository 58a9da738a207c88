"""YAML that knows its lines: the reader of `scaffolder.formats`, under the name that the checklist uses."""

from __future__ import annotations

from scaffolder.formats.yaml import MAX_VALUES, Mapping, Sequence, YamlError, load_all_yaml, load_yaml

__all__ = ["MAX_VALUES", "Mapping", "Sequence", "YamlError", "load_all_yaml", "load_yaml"]
