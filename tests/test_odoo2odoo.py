# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Demo "Odoo2odoo" between two real Odoo servers with workers and job runner."""

import io
import os
from base64 import b64encode

import pytest
from lossy_proxy import LossyProxy
from PIL import Image
from servers import Odoo, fresh_database, query, running, until

HERE = "o2o_here"
THERE = "o2o_there"
ADDON = "sync_odoo2odoo_demo"
RELATION = "odoo2odoo_partner"
FIRST_RETRY = 5 * 60  # seconds


@pytest.fixture(scope="module")
def servers():
    """Our Odoo and the external one."""
    fresh_database(HERE, ADDON + ",contacts", addons=("sync", ADDON))
    fresh_database(THERE, "base,contacts", demo=False)
    here = Odoo(HERE)
    there = Odoo(THERE, "--max-cron-threads", "0", workers=0)
    with running(here, there):
        yield here, there


@pytest.fixture
def demo(servers):
    """The demo project, configured as its documentation says, without any link."""
    query(HERE, "DELETE FROM sync_link")
    demo = Demo(*servers)
    demo.configure()
    return demo


@pytest.fixture
def proxy(servers):
    """A network that can be told to fail."""
    with LossyProxy(servers[1].port) as proxy:
        yield proxy


class Demo:
    """What a user does with the project, and what they can see."""

    def __init__(self, here, there):
        self.server = here
        self.there_url = there.url
        self.here = here.rpc()
        self.there = there.rpc()
        self.last_job = 0

    # What a user does

    def configure(self, **changes):
        """Set all values, then unarchive the project."""
        values = {"URL": self.there_url, "DB": THERE}
        values.update(USERNAME="admin", PASSWORD="admin")
        values.update(changes)
        self._set("sync.project.param", "param_url", values["URL"])
        self._set("sync.project.param", "param_DB", values["DB"])
        self._set("sync.project.secret", "secret_username", values["USERNAME"])
        self._set("sync.project.secret", "secret_password", values["PASSWORD"])
        self.here("sync.project", "write", [self.ref("project")], {"active": True})

    def create_partners(self, *vals):
        """Create partners here; return their ids."""
        self._note_last_job()
        return self.here("res.partner", "create", list(vals))

    def run_cron(self):
        """Click [Run Manually] in the cron trigger."""
        self._note_last_job()
        self.here("sync.trigger.cron", "start_button", [self.ref("trigger_cron")])

    def push_all(self):
        """Click [Run Now] at the button."""
        self._note_last_job()
        self.here("sync.trigger.button", "start_button", [self.ref("trigger_button")])

    def ref(self, name):
        return self.here.ref("%s.odoo2odoo_%s" % (ADDON, name))

    # What they can see

    def jobs(self, *states):
        """Wait until all jobs since the last action are in one of these states."""

        def through():
            jobs = self._jobs()
            return jobs and all(job["state"] in states for job in jobs) and jobs

        return until(through, 60, "jobs in state %s" % (states,), pause=0.2)

    def links(self):
        """Return ``{id here: id there}``."""
        rows = query(
            HERE, "SELECT ref2, ref1 FROM sync_link WHERE relation = %s", [RELATION]
        )
        return {int(ref2): int(ref1) for ref2, ref1 in rows}

    def copies(self, name):
        """Return the partners there that have this name."""
        return self.there("res.partner", "search_read", [("name", "=", name)], ["name"])

    def avatar_here(self, partner):
        return _image(self.here, partner)

    def avatar_there(self, copy):
        return _image(self.there, copy)

    def messages(self):
        """Return the texts of all log lines since the last action."""
        rows = query(
            HERE,
            "SELECT message FROM ir_logging WHERE sync_job_id > %s ORDER BY id",
            [self.last_job],
        )
        return [message for (message,) in rows]

    def seconds_to_retry(self):
        """Wait for the first failure; return the seconds from now to the next try."""

        def first_failure():
            return query(
                HERE,
                "SELECT extract(epoch FROM eta - now() AT TIME ZONE 'UTC')"
                " FROM queue_job WHERE state = 'pending' AND retry = 1",
            )

        ((seconds,),) = until(first_failure, 60, "the first failure")
        return seconds

    def hasten_retry(self):
        """Let the next try of the waiting jobs begin now."""
        query(HERE, "UPDATE queue_job SET eta = NULL WHERE state = 'pending'")

    def _set(self, model, name, value):
        self.here(model, "write", [self.ref("project_" + name)], {"value": value})

    def _note_last_job(self):
        ((self.last_job,),) = query(HERE, "SELECT coalesce(max(id), 0) FROM sync_job")

    def _jobs(self):
        domain = [("id", ">", self.last_job)]
        return self.here("sync.job", "search_read", domain, ["state", "trigger_name"])


def _image(rpc, partner):
    return rpc("res.partner", "read", [partner], ["image_1920"])[0]["image_1920"]


def picture(size=64):
    """Return a picture that there is only once, as base64 text."""
    image = Image.frombytes("RGB", (size, size), os.urandom(3 * size * size))
    output = io.BytesIO()
    image.save(output, "PNG")
    return b64encode(output.getvalue()).decode()


# The walk-through of the documentation


def test_new_partner_is_copied_and_linked(demo):
    avatar = picture()
    (partner,) = demo.create_partners({"name": "Walk Through", "image_1920": avatar})
    (job,) = demo.jobs("done")
    assert job["trigger_name"] == "LOCAL_PARTNER_CREATED"
    (copy,) = demo.copies("Walk Through")
    assert demo.links() == {partner: copy["id"]}
    assert demo.avatar_there(copy["id"]) == avatar


def test_avatar_changes_there_come_back_again_and_again(demo):
    """Also with exactly one link, and within the second of the change before."""
    (partner,) = demo.create_partners({"name": "Avatar"})
    demo.jobs("done")
    (copy,) = demo.links().values()
    for _turn in range(3):
        avatar = picture()
        demo.there("res.partner", "write", [copy], {"image_1920": avatar})
        demo.run_cron()
        demo.jobs("done")
        assert demo.avatar_here(partner) == avatar


def test_removed_avatar_is_removed_here(demo):
    vals = {"name": "Shy", "image_1920": picture()}
    (partner,) = demo.create_partners(vals)
    demo.jobs("done")
    (copy,) = demo.links().values()
    demo.there("res.partner", "write", [copy], {"image_1920": False})
    demo.run_cron()
    demo.jobs("done")
    assert demo.avatar_here(partner) is False


def test_cron_without_changes_writes_nothing(demo):
    vals = {"name": "Steady", "image_1920": picture()}
    (partner,) = demo.create_partners(vals)
    demo.jobs("done")
    before = demo.here("res.partner", "read", [partner], ["write_date"])
    for _turn in range(2):
        demo.run_cron()
        demo.jobs("done")
    assert demo.here("res.partner", "read", [partner], ["write_date"]) == before
    assert "Copies that changed: 0" in demo.messages()


def test_cron_without_any_link_says_so(demo):
    demo.run_cron()
    demo.jobs("done")
    assert "No partner has a copy on the external Odoo yet" in demo.messages()


def test_button_copies_all_existing_partners_by_sub_jobs(demo):
    active = demo.here("res.partner", "search", [])
    demo.push_all()
    jobs = demo.jobs("done")
    assert len(jobs) == 1 + -(-len(active) // 10)
    assert sorted(demo.links()) == sorted(active)
    assert len(set(demo.links().values())) == len(active)
    (name,) = demo.here("res.partner", "read", active[:1], ["name"])
    assert len(demo.copies("Sync Studio:" + name["name"])) == 1


def test_button_again_makes_no_second_copies(demo):
    demo.push_all()
    demo.jobs("done")
    links = demo.links()
    count = demo.there("res.partner", "search_count", [])
    demo.push_all()
    (_button_job,) = demo.jobs("done")
    assert demo.links() == links
    assert demo.there("res.partner", "search_count", []) == count


def test_many_partners_of_one_event_are_copied_by_one_job(demo):
    partners = demo.create_partners(*({"name": "Crowd %s" % n} for n in range(23)))
    (_job,) = demo.jobs("done")
    assert sorted(demo.links()) == sorted(partners)


def test_address_without_name_is_copied_under_its_display_name(demo):
    (company,) = demo.create_partners({"name": "Company", "is_company": True})
    demo.jobs("done")
    vals = {"type": "invoice", "parent_id": company, "street": "Main street 1"}
    (address,) = demo.create_partners(vals)
    demo.jobs("done")
    (copy,) = demo.copies("Company, Invoice Address")
    assert demo.links()[address] == copy["id"]


# Failures


def test_lost_answer_makes_no_second_copy(demo, proxy):
    demo.configure(URL=proxy.url)
    proxy.lose = {"load"}
    (partner,) = demo.create_partners({"name": "Lost Answer"})
    demo.seconds_to_retry()
    demo.jobs("pending")
    assert len(demo.copies("Lost Answer")) == 1
    assert demo.links() == {}
    proxy.lose = set()
    demo.hasten_retry()
    demo.jobs("done")
    (copy,) = demo.copies("Lost Answer")
    assert demo.links() == {partner: copy["id"]}


def test_crash_before_the_link_makes_no_second_copy(demo, proxy):
    demo.configure(URL=proxy.url)
    proxy.hold = {"read"}
    (partner,) = demo.create_partners({"name": "Crash"})
    assert proxy.held.wait(60)
    demo.server.kill()
    assert len(demo.copies("Crash")) == 1
    assert demo.links() == {}
    proxy.hold = set()
    demo.server.start()
    demo.server.wait()
    query(HERE, "UPDATE queue_job SET state = 'pending' WHERE state = 'started'")
    demo.jobs("done")
    (copy,) = demo.copies("Crash")
    assert demo.links() == {partner: copy["id"]}


def test_host_down_is_tried_again_in_five_minutes(demo, proxy):
    proxy.server_close()
    demo.configure(URL=proxy.url)
    (partner,) = demo.create_partners({"name": "Patience"})
    assert FIRST_RETRY - 10 <= demo.seconds_to_retry() <= FIRST_RETRY
    demo.jobs("pending")
    demo.configure()
    demo.hasten_retry()
    demo.jobs("done")
    assert list(demo.links()) == [partner]


@pytest.mark.parametrize("tail", ["/", "//", "/web/login?debug=1#home"])
def test_url_with_a_tail_works(demo, tail):
    demo.configure(URL=demo.there_url + tail)
    demo.create_partners({"name": "Tail"})
    demo.jobs("done")
    assert len(demo.links()) == 1


@pytest.mark.parametrize(
    "change, advice",
    [
        ({"PASSWORD": "wrong"}, "Check the secrets USERNAME and PASSWORD"),
        ({"USERNAME": "nobody"}, "Check the secrets USERNAME and PASSWORD"),
        ({"DB": "o2o_nowhere"}, "Check the param DB"),
        ({"URL": "odoo.example.com"}, "Check the param URL"),
        ({"PASSWORD": False}, "PASSWORD"),
    ],
)
def test_wrong_setting_fails_at_once_and_says_what_to_do(demo, change, advice):
    demo.configure(**change)
    demo.create_partners({"name": "Wrong Setting"})
    demo.jobs("failed")
    assert any(advice in message for message in demo.messages())
    assert demo.copies("Wrong Setting") == []


def test_partner_deleted_here_is_skipped_with_a_warning(demo):
    gone, stays = demo.create_partners({"name": "Gone"}, {"name": "Stays"})
    demo.jobs("done")
    links = demo.links()
    query(HERE, "DELETE FROM res_partner WHERE id = %s", [gone])
    avatar = picture()
    for copy in links.values():
        demo.there("res.partner", "write", [copy], {"image_1920": avatar})
    demo.run_cron()
    demo.jobs("done_warning")
    assert demo.avatar_here(stays) == avatar
    warning = "The partner of copy %s was deleted here" % links[gone]
    assert warning in demo.messages()


def test_images_stay_out_of_the_log(demo):
    there_and_back = [picture(), picture()]
    vals = {"name": "Image", "image_1920": there_and_back[0]}
    demo.create_partners(vals)
    demo.jobs("done")
    messages = demo.messages()
    (copy,) = demo.links().values()
    demo.there("res.partner", "write", [copy], {"image_1920": there_and_back[1]})
    demo.run_cron()
    demo.jobs("done")
    messages += demo.messages()
    for image in there_and_back:
        assert not any(image[:300] in message for message in messages)
        size = "<%s characters>" % len(image)
        assert any(size in message for message in messages)
