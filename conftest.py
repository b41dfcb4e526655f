# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The HTTP server that HttpCase tests of the addons talk to.

pytest-odoo's own fixture of this name serves later versions of Odoo; on Odoo 14
its server may be gone before the first test.
"""

import socket
import time

import pytest


@pytest.fixture(scope="session")
def load_http(request, load_registry):
    """Serve HTTP on a free port until the tests end (with ``--odoo-http``)."""
    if request.config.getoption("--odoo-http"):
        import odoo
        from odoo.service import server, wsgi_server

        odoo.tools.config["http_port"] = _free_port()
        server.load_server_wide_modules()
        server.server = server.ThreadedServer(wsgi_server.application)
        server.server.http_spawn()
        _wait_for(odoo.tools.config["http_port"])


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_for(port):
    deadline = time.monotonic() + 10  # seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)
