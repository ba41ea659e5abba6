"""`pressmark completion`: the line that turns on completion in a shell."""

from __future__ import annotations

import click

SHELLS = {
    "bash": 'eval "$(_PRESSMARK_COMPLETE=bash_source pressmark)"',
    "zsh": 'eval "$(_PRESSMARK_COMPLETE=zsh_source pressmark)"',
    "fish": "_PRESSMARK_COMPLETE=fish_source pressmark | source",
}
"""The line that each shell's start file needs, in click's protocol."""


@click.command(
    "completion",
    help="The line for your shell's start file that turns on completion.",
    epilog="Example: pressmark completion bash >> ~/.bashrc",
)
@click.argument("shell", type=click.Choice(list(SHELLS)))
def completion(shell: str) -> None:
    """Prints it."""
    click.echo(SHELLS[shell])
