"""The window: pages, API and metrics, served to browsers and programs. Everything calls `worker.operations`; no rule and no SQL here."""
