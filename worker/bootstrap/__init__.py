"""Build from the settings what each kind of process works with: one module a process, which imports only what that process needs."""

from __future__ import annotations

from worker.bootstrap.commands import Services

__all__ = ["Services"]
