"""CPU of the commands that only read, beside that of another tree and of SQLAlchemy alone.

`python -m benchmarks.startup [OTHER_TREE]` makes an installation with one URL in a temporary folder and calls each command CALLS times,
the trees in turn, since a busy machine makes both slower. CPU is user and system time of the child, in milliseconds.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

CALLS = 10
URL = "https://paper.example/1"
COMMANDS = (
    *(
        "--help",
        "config",
        "models",
        "due",
        "dead list",
        f"trace {URL}",
        "sources list",
        "webhooks list",
        "jobs",
        f"show {URL}",
        "search rice",
    ),
    *("workers", "queues", "status"),
)
FLOORS = {
    "Python alone": "pass",
    "SQLAlchemy with SQLite": "import sqlalchemy.dialects.sqlite",
    "redis-py": "import redis",
}


def cpu(words: list[str], tree: Path, folder: str) -> float:
    """Milliseconds of one call."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {"PATH": "/usr/bin:/bin", "HOME": folder, "PRESSMARK_DATA_DIR": folder}
    subprocess.run([sys.executable, *words], cwd=tree, env=environment, capture_output=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def told(name: str, words: list[str], trees: list[Path], folder: str) -> str:
    """One line of the table: for each tree the median and the smallest."""
    found: list[list[float]] = [[] for _ in trees]
    for _ in range(CALLS):
        for tree, figures in zip(trees, found, strict=True):
            figures.append(cpu(words, tree, folder))
    cells = [f"{statistics.median(figures):.0f} | {min(figures):.0f}" for figures in found]
    return " | ".join(["", name, *cells, ""]).strip()


def main() -> None:
    """Prints the table."""
    trees = [Path(tree).resolve() for tree in (*sys.argv[1:2], ".")]
    heads = [f"{tree.name}: median | smallest" for tree in trees]
    print(" | ".join(["", "command", *heads, ""]).strip(), "|---|" + "---|" * 2 * len(trees), sep="\n", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        cpu(["-m", "worker", "enqueue", URL], trees[0], folder)
        for name, code in FLOORS.items():
            print(told(name, ["-c", code], trees, folder), flush=True)
        for command in COMMANDS:
            print(told(f"`{command}`", ["-m", "worker", *command.split()], trees, folder), flush=True)


if __name__ == "__main__":
    main()
