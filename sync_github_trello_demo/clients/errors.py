# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What can go wrong with a service. Plain Python, no Odoo imports."""


class TryLater(ConnectionError):
    """The service is out of order, or asks for patience. A queued job is tried again.

    :param int seconds: how long it asks to wait, where it tells that
    :ivar dict headers: where Sync Studio reads these seconds
    """

    def __init__(self, message, seconds=None):
        super().__init__(message)
        self.headers = {"Retry-After": str(seconds)} if seconds else {}


class ServiceError(Exception):
    """The service refuses a call; to repeat it is no help. The text is its reason."""


class NotAccepted(ServiceError):
    """The service does not accept the token."""


class NotThere(ServiceError):
    """What was asked for does not exist, or the token may not see it."""
