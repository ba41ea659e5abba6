"""Fetch the dashboard's libraries with `npm pack`, and keep them only where they are the files that vendor.toml names.

python -m docs.vendor_files
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "worker" / "dashboard" / "static" / "vendor"


def main() -> int:
    """0 where every file is as it was noted, else 1; nothing is written for a file that differs."""
    wrong = 0
    for package in tomllib.loads((FOLDER / "vendor.toml").read_text(encoding="utf-8"))["package"]:
        with tempfile.TemporaryDirectory() as folder:
            contents = _unpack(f"{package['name']}@{package['version']}", Path(folder))
            for name, file in package["files"].items():
                wrong += _keep(name, contents[file["from"]], file["sha256"])
    return 1 if wrong else 0


def _unpack(package: str, folder: Path) -> dict[str, bytes]:
    """Every file of a package by its path in it."""
    subprocess.run(["npm", "pack", "--silent", package], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603, S607
    [archive] = folder.glob("*.tgz")
    with tarfile.open(archive) as tar:
        files = [member for member in tar if member.isfile()]
        return {member.name.removeprefix("package/"): reader.read() for member in files if (reader := tar.extractfile(member))}


def _keep(name: str, content: bytes, expected: str) -> bool:
    """Writes a file that is the expected one; True where it is another."""
    found = hashlib.sha256(content).hexdigest()
    if found != expected:
        sys.stderr.write(f"{name}: expected sha256 {expected}, got {found}\n")
        return True
    (FOLDER / name).write_bytes(content)
    sys.stderr.write(f"{name}: as noted\n")
    return False


if __name__ == "__main__":
    sys.exit(main())
