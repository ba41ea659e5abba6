"""List the settings with their values, sources and reasons; secrets are masked."""

from __future__ import annotations

from dataclasses import dataclass

from worker.config import Settings, masked, setting_fields
from worker.config.value_types import as_text
from worker.operations.document import Document

HERE = {"PRESSMARK_DATA_DIR": "~/.local/share/pressmark", "PRESSMARK_PARSE_PROCESSES": "one a core"}
"""Defaults that differ from machine to machine, in words."""


@dataclass(frozen=True, slots=True)
class SettingRow(Document):
    """One setting."""

    name: str
    """Of its environment variable."""
    value: str | int | float | bool | None
    """As it would be written in the environment."""
    source: str
    """The variable or file that it is from, or `default`."""
    reason: str
    """Why the default is what it is."""


@dataclass(frozen=True, slots=True)
class SettingTable(Document):
    """Every setting, in the order of the class Settings."""

    settings: tuple[SettingRow, ...]


def table(settings: Settings) -> SettingTable:
    """The settings as they are."""
    return SettingTable(
        tuple(
            SettingRow(
                name=field.variable,
                value=_plain(masked(field, getattr(settings, field.name))),
                source=settings.sources.get(field.name, "default"),
                reason=field.reason,
            )
            for field in setting_fields()
        )
    )


def _plain(value: object) -> str | int | float | bool | None:
    return value if value is None or isinstance(value, bool | int | float | str) else as_text(value)


def markdown_table() -> str:
    """Name, default and reason of every setting, as README has them."""
    rows = [(row.name, HERE.get(row.name, row.value), row.reason) for row in table(Settings()).settings]
    lines = [f"| `{name}` | {f'`{value}`' if value not in (None, '') else '–'} | {reason} |" for name, value, reason in rows]
    return "\n".join(["| setting | default | why |", "|---|---|---|", *lines])
