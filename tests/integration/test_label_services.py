"""What a label worker works with: nothing that a forked child would share with its parent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from worker.bootstrap.label import LabelServices
from worker.messages import Returned


@pytest.mark.parametrize(("redis_server", "database_url"), [("valkey", "sqlite")], indirect=True)
def test_before_a_fork_no_connection_is_open_and_the_next_use_opens_one(engine, settings, redis_server, client):
    # Given a model that was looked for in the database, and an outcome on the stream
    services = LabelServices(replace(settings, redis_url=redis_server.url))
    alone = len(client.client_list())
    services.models.current()
    services.results.add([Returned([(1, 1)])])
    assert len(client.client_list()) == alone + 1
    # When
    services.disconnect()
    # Then
    assert len(client.client_list()) == alone
    assert services._engine.pool.checkedin() == 0
    services.results.add([Returned([(1, 1)])])
    assert len(client.client_list()) == alone + 1
    services.close()
