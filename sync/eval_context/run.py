# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The record of one run that every part of the evaluation context is made from."""

from dataclasses import dataclass
from typing import Callable

from odoo import models
from odoo.api import Environment

from .values import ProjectValues


@dataclass(frozen=True)
class Run:
    """One call of a function of a task.

    ``env`` is the environment that user code sees. Its context key ``log_function``
    holds ``log``: as no remote call can send a function, the key proves that the
    environment belongs to a run.
    """

    env: Environment
    base_context: dict  # of the event, without what only this run may see
    project: models.Model
    task: models.Model
    job: models.Model
    log: Callable
    trigger_name: str
    parent_job_id: int  # for sub-jobs; False when they cannot refer to the job yet
    child_ancestry: str  # e.g. "/12/"
    values: ProjectValues
    deleted_values: list

    def adopt(self, value):
        """Give an argument of a call, its records in the environment of the run."""
        if isinstance(value, models.BaseModel):
            return value.with_env(self.env)
        if isinstance(value, (list, tuple)):
            return [self.adopt(item) for item in value]
        if isinstance(value, dict):
            return {key: self.adopt(item) for key, item in value.items()}
        return value


def base(run):
    """Environment and event

    * ``env``: Odoo environment of the run. Schedules and buttons run with the rights
      of their user; database events and webhooks run with all rights.
    * ``user``: the user of the event, e.g. who clicked the button
    * ``trigger_name``, ``trigger``: name of the trigger that started the run; in a
      function started by ``add_job`` it is followed by a dot and the function's name
    * ``deleted_values``: after a deletion, the values of the deleted records, read
      before: a list of dicts (``id`` included, files left out), else an empty list
    """
    return {
        "env": run.env,
        "user": run.env.user,
        "trigger": run.trigger_name,
        "trigger_name": run.trigger_name,
        "deleted_values": run.deleted_values,
    }
