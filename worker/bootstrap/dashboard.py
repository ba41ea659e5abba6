"""Build what the dashboard works with."""

from __future__ import annotations

from worker.bootstrap.commands import Services
from worker.config import Settings
from worker.errors import UsageError
from worker.storage.database import require_current


class DashboardServices(Services):
    """What every request uses, opened once and shared by all threads; each service gives up within seconds, as a command's does."""

    def __init__(self, settings: Settings) -> None:
        """Raises UsageError for an address that others can reach without a token, Unavailable where no Redis is named or embedded."""
        expect_guarded(settings)
        super().__init__(settings)
        # Built here and not at their first use, which two threads may make at once
        _ = self.redis, self.depths, self.control, self.engine, self.operator_ledger, self.intake_ledger, self.articles
        _ = self.registry, self.reviews, self.relabelling, self.model_cache

    def expect_ready(self) -> None:
        """Raises Unavailable unless the schema of the database is this program's own. Redis may be away: the pages say so."""
        require_current(self.engine)


def expect_guarded(settings: Settings) -> None:
    """Raises UsageError where others than this machine could open the dashboard without a token."""
    if settings.dashboard_token or settings.dashboard_users:
        return
    needs = "expected PRESSMARK_DASHBOARD_TOKEN or PRESSMARK_DASHBOARD_USERS as well"
    if not settings.dashboard_address.is_loopback:
        raise UsageError(f"PRESSMARK_DASHBOARD_ADDRESS: {needs}, got {settings.dashboard_address}, which others can reach")
    if settings.dashboard_hosts:
        raise UsageError(f"PRESSMARK_DASHBOARD_HOSTS: {needs}, got {', '.join(settings.dashboard_hosts)}, which others can reach")
