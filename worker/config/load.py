"""Read the settings from the environment and a TOML file; nothing else in the program reads the environment."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from worker.config.rules import broken
from worker.config.settings import FILE_LIMIT, PREFIX, SettingField, Settings, setting_fields
from worker.config.value_types import as_text, parse_flag
from worker.errors import UsageError


def load(environ: Mapping[str, str] | None = None, config_file: Path | None = None) -> Settings:
    """The settings from the environment, else from the TOML file, else the defaults.

    Raises UsageError for a malformed setting, an unknown one in the file, or two that leave no meaning together.
    """
    environ = os.environ if environ is None else environ
    config_file = config_file or (Path(environ[PREFIX + "CONFIG"]) if environ.get(PREFIX + "CONFIG") else None)
    values, sources = _from_file(config_file) if config_file else ({}, {})
    for f in setting_fields():
        found = _from_environ(f, environ)
        if found is not None:
            values[f.name], sources[f.name] = found
    settings = Settings(**values)
    return replace(settings, sources=sources, notes=(*_unknown(environ), *_contradictions(settings)))


def load_values(values: Mapping[str, object]) -> Settings:
    """The settings as `load` finds them, with these in place of theirs: by name, with or without `PRESSMARK_`; None is the default.

    Raises UsageError as `load` does, and for an unknown name.
    """
    environ = dict(os.environ)
    known = {f.name: f for f in setting_fields()}
    for name, value in values.items():
        plain = name.removeprefix(PREFIX).lower()
        if plain not in known:
            raise UsageError(f"unknown setting {name!r}; `pressmark config` lists them")
        environ[known[plain].variable] = "" if value is None else as_text(tuple(value) if isinstance(value, list) else value)
    return load(environ)


def _contradictions(settings: Settings) -> Iterator[str]:
    """A warning for each rule that these settings break; raises UsageError where a rule refuses them."""
    for rule, sentence in broken({f.name: getattr(settings, f.name) for f in setting_fields()}):
        if rule.refused:
            raise UsageError(sentence)
        yield sentence


def to_environ(settings: Settings) -> dict[str, str]:
    """The environment for a child process that is to `load` the same settings; variables of other programs are passed on."""
    values = {f.variable: getattr(settings, f.name) for f in setting_fields()}
    ours = {name: as_text(value) for name, value in values.items() if value not in (None, "", (), {}, frozenset())}
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)} | ours


def _from_environ(f: SettingField, environ: Mapping[str, str]) -> tuple[object, str] | None:
    """The value and the variable that holds it; None where neither variable of the setting is set."""
    name = f.variable
    if environ.get(name):
        if not environ[name].strip():
            raise UsageError(f"{name}: expected a value, got blanks (leave it empty or unset for the default)")
        return _parsed(f, environ[name], name), name
    if f.secret and environ.get(name + "_FILE"):
        return _parsed(f, _read(Path(environ[name + "_FILE"])).strip(), name + "_FILE"), name + "_FILE"
    return None


def _from_file(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    try:
        table = tomllib.loads(_read(path))
    except (ValueError, RecursionError) as error:  # ValueError: no TOML, or a number of thousands of digits
        raise UsageError(f"{path}: expected TOML, got: {error}") from error
    known = {f.name: f for f in setting_fields()}
    unknown = sorted(set(table) - set(known))
    if unknown:
        raise UsageError(f"{path}: unknown setting {unknown[0]!r}; `pressmark config` lists them")
    values = {name: _from_toml(known[name], value, f"{path}: {name}") for name, value in table.items()}
    return values, {name: str(path) for name in table}


def _from_toml(f: SettingField, value: object, where: str) -> object:
    """TOML has true and false; only a flag takes them, so that `allow_private = true` allows nothing by mistake."""
    if isinstance(value, bool) and f.parse is not parse_flag:
        raise UsageError(f"{where}: expected a value, got {str(value).lower()}")
    return _parsed(f, _toml_text(value), where)


def _toml_text(value: object) -> str:
    """A TOML value as the environment would give it; a list becomes comma-separated, a table an object of JSON."""
    if isinstance(value, list):
        return ",".join(map(_toml_text, value))
    return json.dumps(value, default=str) if isinstance(value, dict) else str(value)


def _read(path: Path) -> str:
    """The text of a file of at most FILE_LIMIT bytes; a device, or a pipe that nobody writes to, would block the start for ever."""
    if path.exists() and not path.is_file() and not str(path).startswith("/dev/fd/"):
        raise UsageError(f"{path}: expected a file")
    try:
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT + 1)
        if len(data) > FILE_LIMIT:
            raise UsageError(f"{path}: expected at most {FILE_LIMIT} bytes")
        return data.decode("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: expected a readable UTF-8 file, got: {error}") from error


def _parsed(f: SettingField, value: str, where: str) -> object:
    try:
        return f.parse(value)
    except ValueError as error:
        got = "a secret" if f.secret else repr(value[:80])
        raise UsageError(f"{where}: expected {error}, got {got}") from error


def _unknown(environ: Mapping[str, str]) -> tuple[str, ...]:
    """A warning for each variable that looks like a setting and is none."""
    known = {f.variable for f in setting_fields()}
    known |= {f.variable + "_FILE" for f in setting_fields() if f.secret}
    known |= {PREFIX + "CONFIG"}
    ours = [name for name in environ if name.startswith(PREFIX) and not name.startswith(PREFIX + "TEST_")]
    return tuple(f"{name} is not a setting of Pressmark" for name in sorted(set(ours) - known))
