# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Export, installation and import of projects that nobody would think of."""

import json
import unittest
from contextlib import suppress

from .test_transfer import MODULE, TransferCase

try:
    from hypothesis import HealthCheck, given, settings
    from hypothesis import strategies as st
except ImportError:  # a production server has no test libraries
    raise unittest.SkipTest("hypothesis is not installed") from None

# PostgreSQL knows no NUL, and no halves of characters.
TEXT = st.text(st.characters(blacklist_characters="\0", blacklist_categories=["Cs"]))
PIECES = st.sampled_from(
    [
        "]]>",
        "<![CDATA[",
        "\t",
        "\r\n",
        "\r",
        "&amp;",
        "<!--",
        "-->",
        "\ufeff",
        " ",
        "%",
        "'",
    ]
)
ANY = st.lists(TEXT | PIECES, max_size=6).map("".join)
NAME = ANY.filter(bool)
# Quoted or behind "#" anything is code, as long as it is one line.
LINE = ANY.map(lambda text: "# " + " ".join(text.split()))
CODE = st.one_of(
    st.just(""),
    LINE,
    LINE.map(lambda line: "def handle_cron():\r\n\tlog('x')\r\n" + line),
    ANY.map(lambda text: "X = %r\n\n" % text),
)
LANGUAGES = st.dictionaries(st.sampled_from(["fr_FR", "de_DE", "zh_CN"]), NAME)
KEYS = st.lists(NAME, max_size=3, unique=True)
BOOLEAN = st.booleans()
NUMBER = st.integers(0, 10**6)
TRIGGER = {"trigger_name": NAME, "active": BOOLEAN}
BUTTON = st.fixed_dictionaries(dict(TRIGGER, name=ANY))
CRON = st.fixed_dictionaries(
    dict(
        TRIGGER,
        interval_number=NUMBER,
        interval_type=st.sampled_from(["minutes", "hours", "days", "weeks", "months"]),
        numbercall=st.integers(-1, 9),
        doall=BOOLEAN,
        priority=st.integers(0, 10),
    )
)
AUTOMATION = st.fixed_dictionaries(
    dict(
        TRIGGER,
        trigger=st.sampled_from(["on_create", "on_write", "on_unlink", "on_time"]),
        filter_domain=st.sampled_from(["", "[]", "[('name', '=', '\"<x>\"')]"]),
        trg_date_range=st.integers(-9, 9),
        trg_date_range_type=st.sampled_from([False, "minutes", "hour", "day", "month"]),
    )
)
WEBHOOK = st.fixed_dictionaries(
    dict(
        TRIGGER,
        webhook_type=st.sampled_from(["http", "json"]),
        mode=st.sampled_from(["immediate", "queued"]),
        duplicates=st.sampled_from(["sender", "none"]),
        tolerance=NUMBER,
        rate_limit=NUMBER,
        sample_body=ANY,
        secret_key=ANY,
    )
)
TASK = st.fixed_dictionaries(
    dict(
        name=NAME,
        active=BOOLEAN,
        code=CODE,
        buttons=st.lists(BUTTON, max_size=2),
        crons=st.lists(CRON, max_size=2),
        automations=st.lists(AUTOMATION, max_size=2),
        webhooks=st.lists(WEBHOOK, max_size=2),
    )
)
PROJECT = st.fixed_dictionaries(
    dict(
        name=NAME,
        description=ANY,
        common_code=CODE,
        keys=KEYS,
        value=ANY,
        languages=LANGUAGES,
        tasks=st.lists(TASK, max_size=2),
    )
)


class Undone(Exception):
    """Raised to undo what an example has made."""


class TestProperties(TransferCase):
    @settings(
        max_examples=60,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(PROJECT)
    def test_every_project_travels(self, values):
        with suppress(Undone), self.env.cr.savepoint():
            self.check_travel(values)
            raise Undone

    def check_travel(self, values):
        project = self.make(values)
        first = self.export(project)
        self.forget(project)
        installed = self.install(first[0])
        self.assertEqual(self.export(installed), first)
        for content in first:
            self.forget(installed)
            self.upload(content, module=MODULE).action_import()
            installed = self.project_of()
            self.assertEqual(self.export(installed), first)
        unchanged = self.upload(first[1], module=MODULE)
        self.assertEqual((unchanged.create_count, unchanged.change_count), (0, 0))

    def make(self, values):
        """Make a project of what hypothesis has thought of."""
        lines = [
            (0, 0, {"key": key, "value": values["value"]}) for key in values["keys"]
        ]
        project = self.make_project(
            name=values["name"],
            description=values["description"],
            common_code=values["common_code"],
            param_ids=lines,
            text_param_ids=lines,
            secret_ids=lines,
        )
        texts = {lang: {"value": text} for lang, text in values["languages"].items()}
        project.text_param_ids.translations = bool(texts) and json.dumps(texts)
        for task in values["tasks"]:
            self.make_parts(project, dict(task))
        return project

    def make_parts(self, project, values):
        kinds = ("button", "cron", "automation", "webhook")
        triggers = {kind: values.pop(kind + "s") for kind in kinds}
        task = self.make_task(values.pop("code"), project, **values)
        partner = self.env["ir.model"]._get("res.partner").id
        for kind, lines in triggers.items():
            for line in lines:
                more = {"model_id": partner} if kind == "automation" else {}
                self.make_trigger(kind, task, **line, **more)
