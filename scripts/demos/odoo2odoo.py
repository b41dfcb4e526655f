# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The demo "Odoo2odoo": two Odoo servers; partners go there, avatars come back."""

import contextlib
import io
from base64 import b64encode

from PIL import Image
from servers import Odoo, ServerError, fresh_database, query, running, until

from .odoo2odoo_report import JOBS_LEFT, Report, Step
from .stage import Outcome, say

HERE = "sync_demo"
THERE = "sync_external"
ADDON = "sync_odoo2odoo_demo"
NAMES = ("Ada Lovelace", "Grace Hopper", "Mary Jackson")
HUES = iter(range(0, 256, 40))
TIMEOUT = 120  # seconds for the jobs of one step

NEXT_STEPS = """
Both servers stay up until Ctrl-C.

  Sync Studio        {here}   login admin, password admin
  The external Odoo  {there}   login admin, password admin

Try next:
  * Contacts > Create: seconds later the external Odoo has a copy of the partner.
  * Change the picture of a copy there. Then here: Sync Studio > Projects > Demo Odoo2odoo
    Integration > Available Tasks > Sync Remote Partners Updates > Available Triggers >
    CHECK_EXTERNAL_ODOO > Run Manually. The picture arrives. (It also does by itself,
    every 15 minutes.)
  * See what happened: the buttons Jobs and Logs of the project.
  * Stop or break something: set a wrong PASSWORD or URL in the tab Parameters, create
    a partner, and read the job.

The next scripts/demo begins with fresh databases.
Logs of the servers: {logs}
"""


@contextlib.contextmanager
def play():
    """Show the round trip between two fresh databases."""
    say("Preparing our database (the first time about half a minute, then a second)")
    fresh_database(HERE, ADDON + ",contacts", addons=("sync", ADDON))
    say("Preparing the external Odoo's database")
    fresh_database(THERE, "base,contacts", demo=False)
    here = Odoo(HERE, port=8069)
    there = Odoo(THERE, "--max-cron-threads", "0", workers=0, port=8070)
    say("Starting both servers")
    with running(here, there):
        show = Show(here, there)
        show.configure()
        report = Report(HERE, THERE)
        for step in (show.create_partners, show.change_avatar, show.push_all):
            report.steps.append(step())
        worked = report.print()
        yield Outcome(worked, (here, there), next_steps(here, there))


def next_steps(here, there):
    # Cookies know no ports: under two names a browser can be logged in on both.
    return NEXT_STEPS.format(
        here=here.url.replace("127.0.0.1", "localhost"),
        there=there.url,
        logs=here.log.parent,
    )


class Show:
    """The steps of the round trip, done as a user does them, over the external API."""

    def __init__(self, here, there):
        self.here = here.rpc()
        self.there = there.rpc()
        self.there_url = there.url
        self.partners = []

    def configure(self):
        """Tell the project where the external Odoo is, and set it going."""
        self._set("sync.project.param", "param_url", self.there_url)
        self._set("sync.project.param", "param_DB", THERE)
        self._set("sync.project.secret", "secret_username", "admin")
        self._set("sync.project.secret", "secret_password", "admin")
        project = self._ref("project")
        self.here("sync.project", "write", [project], {"active": True})
        say("The project is configured and active")

    def create_partners(self):
        """New partners here: the database trigger copies them there."""
        say("Creating %s partners here" % len(NAMES))
        start = now()
        vals = [{"name": name, "image_1920": picture()} for name in NAMES]
        self.partners = self.here("res.partner", "create", vals)
        wait_for_jobs(start)
        count = len(NAMES)
        return Step("Partners created here", start, created=count, linked=count)

    def change_avatar(self):
        """A new avatar there: the cron trigger brings it here."""
        say("Changing an avatar there, and running the cron trigger here")
        start = now()
        for copy in copies_of(self.partners[:1]):
            self.there("res.partner", "write", copy, {"image_1920": picture()})
        self.here("sync.trigger.cron", "start_button", [self._ref("trigger_cron")])
        wait_for_jobs(start)
        return Step("Avatar changed there", start, updated=1)

    def push_all(self):
        """The button: copies of all other partners, by sub-jobs."""
        say("Pushing all other partners by the button")
        start = now()
        count = self.here("res.partner", "search_count", []) - len(NAMES)
        button = self._ref("trigger_button")
        self.here("sync.trigger.button", "start_button", [button])
        wait_for_jobs(start)
        return Step("All others pushed", start, created=count, linked=count)

    def _set(self, model, name, value):
        self.here(model, "write", [self._ref("project_" + name)], {"value": value})

    def _ref(self, name):
        return self.here.ref("%s.odoo2odoo_%s" % (ADDON, name))


def copies_of(partners):
    """Return the ids there of the copies that partners here are linked with."""
    return query(
        HERE,
        "SELECT ref1::int FROM sync_link"
        " WHERE relation = 'odoo2odoo_partner' AND ref2::int = ANY(%s)",
        [partners],
    )


def now():
    """Return the time (datetime, UTC) as the databases have it."""
    ((moment,),) = query(HERE, "SELECT clock_timestamp() AT TIME ZONE 'UTC'")
    return moment


def wait_for_jobs(start):
    """Wait until the jobs made since ``start`` are through; the report tells how."""

    def through():
        return query(HERE, JOBS_LEFT, {"start": start}) == [(False,)]

    with contextlib.suppress(ServerError):
        until(through, TIMEOUT, "the jobs")


def picture():
    """Return a picture that there is only once (base64 text)."""
    color = (next(HUES), 160, 200)
    image = Image.new("HSV", (256, 256), color).convert("RGB")
    output = io.BytesIO()
    image.save(output, "PNG")
    return b64encode(output.getvalue()).decode()
