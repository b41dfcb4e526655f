# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Logging for user code."""

from ..models import ir_logging


def logs(run):
    """Logs

    * ``log(message, level=LOG_INFO)``: write a line to the log of the job; the
      message may be any object
    * ``log_transmission(recipient, data)``: note what is sent to an outside system
    * levels: ``LOG_DEBUG``, ``LOG_INFO``, ``LOG_WARNING``, ``LOG_ERROR``,
      ``LOG_CRITICAL``
    """
    log = run.log

    def log_transmission(recipient_str, data_str):
        log(data_str, name=recipient_str, log_type="data_out")

    return {
        "log": log,
        "log_transmission": log_transmission,
        "LOG_DEBUG": ir_logging.LOG_DEBUG,
        "LOG_INFO": ir_logging.LOG_INFO,
        "LOG_WARNING": ir_logging.LOG_WARNING,
        "LOG_ERROR": ir_logging.LOG_ERROR,
        "LOG_CRITICAL": ir_logging.LOG_CRITICAL,
    }
