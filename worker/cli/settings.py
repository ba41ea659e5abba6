"""The settings as they stand, and the line that turns on shell completion."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from worker.cli._shared.options import command, json_option
from worker.cli._shared.output import show_json, show_table
from worker.config import PREFIX, Settings, masked, setting_fields
from worker.setting_types import AllowedPlace


@command("config", help="Every setting: its value, where it came from, and why the default is what it is.")
@click.option("--markdown", is_flag=True, help="The table of defaults as README has it.")
@json_option
def config(settings: Settings, *, markdown: bool, as_json: bool) -> None:
    """Prints the settings, secrets masked."""
    rows = setting_rows(settings)
    if markdown:
        click.echo(markdown_table())
    elif as_json:
        show_json({"settings": rows})
    else:
        show_table(("setting", "value", "from", "why this default"), ((r["name"], r["value"], r["source"], r["reason"]) for r in rows))


def setting_rows(settings: Settings) -> list[dict[str, Any]]:
    """Name, value, source and reason of each setting, in their order; secrets masked."""
    return [
        {
            "name": PREFIX + field.name.upper(),
            "value": plain(masked(field, getattr(settings, field.name))),
            "source": settings.sources.get(field.name, "default"),
            "reason": field.reason,
        }
        for field in setting_fields()
    ]


HERE = {"PRESSMARK_DATA_DIR": "~/.local/share/pressmark", "PRESSMARK_PARSE_PROCESSES": "one a core"}
"""Defaults that differ from machine to machine, in words."""


def markdown_table() -> str:
    """Name, default and reason of every setting."""
    rows = [(row["name"], HERE.get(row["name"], row["value"]), row["reason"]) for row in setting_rows(Settings())]
    lines = [f"| `{name}` | {f'`{value}`' if value not in (None, '') else '–'} | {reason} |" for name, value, reason in rows]
    return "\n".join(["| setting | default | why |", "|---|---|---|", *lines])


def plain(value: Any) -> Any:
    """A setting's value as it would be written in the environment."""
    if isinstance(value, Mapping):
        return ",".join(f"{name}={address}" for name, addresses in value.items() for address in addresses)
    if isinstance(value, frozenset):
        return ",".join(map(str, sorted(value)))
    if isinstance(value, tuple):
        return ",".join(plain(part) for part in value)
    if isinstance(value, AllowedPlace):
        return place(value)
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)


def place(allowed: AllowedPlace) -> str:
    """`host:port` as it was given."""
    name = allowed.host or str(allowed.network)
    name = f"[{name}]" if ":" in name and allowed.port else name
    return f"{name}:{allowed.port}" if allowed.port else name


SHELLS = {
    "bash": 'eval "$(_PRESSMARK_COMPLETE=bash_source pressmark)"',
    "zsh": 'eval "$(_PRESSMARK_COMPLETE=zsh_source pressmark)"',
    "fish": "_PRESSMARK_COMPLETE=fish_source pressmark | source",
}
"""The line that each shell's start file needs, in click's protocol."""


@click.command("completion", help="The line for your shell's start file that turns on completion.")
@click.argument("shell", type=click.Choice(list(SHELLS)))
def completion(shell: str) -> None:
    """Prints it."""
    click.echo(SHELLS[shell])


COMMANDS = {"config": config, "completion": completion}
