"""Hold every setting in one frozen object; `load` is the only reader of the environment."""

from __future__ import annotations

from worker.config.load import load, load_values, to_environ
from worker.config.settings import MIB, PREFIX, SettingField, Settings, masked, setting_fields

__all__ = ["MIB", "PREFIX", "SettingField", "Settings", "load", "load_values", "masked", "setting_fields", "to_environ"]
