# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The client of GitHub, on the real PyGithub."""

import time

from ..clients.errors import NotAccepted, NotThere, ServiceError, TryLater
from ..clients.github_repo import GithubRepo
from .wire import WireCase

REPO = "/repos/octo/demo"
API = "https://api.github.com" + REPO
BUG = {"id": 11, "name": "bug", "color": "d73a4a", "url": API + "/labels/bug"}
OLD = {"id": 12, "name": "old", "color": "ededed", "url": API + "/labels/old"}
ISSUE = {
    "number": 7,
    "title": "It breaks",
    "body": None,
    "html_url": "https://github.com/octo/demo/issues/7",
    "url": API + "/issues/7",
    "labels": [BUG],
}
RESET = 1000  # seconds from now
# (status, headers, exception, seconds to wait)
REFUSALS = [
    (401, {}, NotAccepted, None),
    (403, {}, ServiceError, None),
    (422, {}, ServiceError, None),
    (404, {}, NotThere, None),
    (500, {}, TryLater, None),
    (408, {}, TryLater, None),
    (503, {"Retry-After": "7"}, TryLater, 7),
    (403, {"Retry-After": "8"}, TryLater, 8),
    (403, {"X-RateLimit-Remaining": "0"}, TryLater, 60),
    (429, {}, TryLater, 60),
    (429, {"Retry-After": "9"}, TryLater, 9),
]


class TestGithubRepo(WireCase):
    def setUp(self):
        super().setUp()
        self.repo = GithubRepo(None, "t0ken", "octo/demo")
        self.answer("GET", REPO + "/issues/7", ISSUE)
        self.answer("GET", REPO + "/labels", [BUG, OLD])

    def test_issue(self):
        self.assertEqual(
            self.repo.get_issue("7"),
            {
                "id": 7,
                "name": "It breaks",
                "body": "",
                "url": "https://github.com/octo/demo/issues/7",
                "labels": [{"id": "11", "name": "bug", "color": "d73a4a"}],
            },
        )
        (request,) = self.requests
        self.assertEqual(request.headers["Authorization"], "token t0ken")

    def test_issue_that_does_not_exist(self):
        for status in (404, 410):
            self.answer("GET", REPO + "/issues/8", {}, status)
            self.assertIsNone(self.repo.get_issue(8))

    def test_page_of_issues_counts_from_0(self):
        self.answer("GET", REPO + "/issues", [ISSUE])
        (issue,) = self.repo.get_all_issues(page=2)
        self.assertEqual(issue["id"], 7)
        expected = {"page": "3", "per_page": "100", "state": "open"}
        self.assertLessEqual(expected.items(), self.query().items())

    def test_all_issues_of_all_pages(self):
        headers = {"Link": '<%s/issues/page2>; rel="next"' % API}
        self.answer("GET", REPO + "/issues", [ISSUE], headers=headers)
        self.answer("GET", REPO + "/issues/page2", [dict(ISSUE, number=8)])
        issues = self.repo.get_all_issues(state="all")
        self.assertEqual([issue["id"] for issue in issues], [7, 8])

    def test_labels_are_attached_by_their_ids(self):
        path = REPO + "/issues/7/labels"
        self.answer("POST", path, [])
        self.repo.issue_add_labels(7, ["12", 11, "deleted"])
        ((method, called, names),) = self.changes()
        self.assertEqual(
            (method, called, sorted(names)), ("POST", path, ["bug", "old"])
        )

    def test_only_attached_labels_are_detached(self):
        path = REPO + "/issues/7/labels/bug"
        self.answer("DELETE", path, [])
        self.repo.issue_remove_labels(7, [11, "12"])
        self.assertEqual(self.changes(), [("DELETE", path, None)])

    def test_label_detached_by_somebody_else_meanwhile(self):
        answer = {"message": "Label does not exist"}
        self.answer("DELETE", REPO + "/issues/7/labels/bug", answer, 404)
        self.repo.issue_remove_labels(7, ["11"])

    def test_label_of_the_same_name_is_taken(self):
        self.assertEqual(self.repo.label_create("Bug", "ffffff"), "11")
        self.assertEqual(self.changes(), [])

    def test_new_label(self):
        self.answer("POST", REPO + "/labels", dict(OLD, id=13), 201)
        self.assertEqual(self.repo.label_create("new", "ffffff"), "13")
        ((_method, _path, values),) = self.changes()
        self.assertEqual(values, {"name": "new", "color": "ffffff"})

    def test_label_without_new_color_keeps_its_own(self):
        self.answer("PATCH", REPO + "/labels/bug", BUG)
        self.repo.label_update("11", "defect", None)
        ((_method, _path, values),) = self.changes()
        self.assertEqual(values, {"new_name": "defect", "color": "d73a4a"})

    def test_deleted_label_can_be_deleted_again(self):
        self.repo.label_delete("99")
        self.answer("DELETE", REPO + "/labels/bug", {"message": "Not Found"}, 404)
        self.repo.label_delete("11")

    def test_webhook_is_created_once(self):
        self.answer("GET", REPO + "/hooks", [])
        self.answer("POST", REPO + "/hooks", {}, 201)
        self.repo.set_webhook("https://odoo/1", ["issues"], "s3cr3t")
        ((_method, _path, values),) = self.changes()
        self.assertEqual(values["events"], ["issues"])
        self.assertEqual(values["config"]["secret"], "s3cr3t")

    def test_known_webhook_is_updated(self):
        hook = {"id": 5, "url": API + "/hooks/5", "config": {"url": "https://odoo/1"}}
        self.answer("GET", REPO + "/hooks", [dict(hook, events=["push"], active=False)])
        self.answer("PATCH", REPO + "/hooks/5", hook)
        expected = {"id": "5", "url": "https://odoo/1", "events": ["push"]}
        self.assertEqual(self.repo.get_webhooks(), [dict(expected, active=False)])
        self.repo.set_webhook("https://odoo/1", ["issues"], "s3cr3t")
        ((method, _path, values),) = self.changes()
        self.assertEqual((method, values["active"]), ("PATCH", True))

    def test_address_of_an_issue(self):
        enterprise = GithubRepo("https://git.example.com/api/v3/", "t", "octo/demo")
        for repo, site in ((self.repo, "github.com"), (enterprise, "git.example.com")):
            url = "https://%s/octo/demo/issues/7" % site
            self.assertEqual(repo.issue_url(7), url)

    def test_each_refusal_has_its_error(self):
        for status, headers, kind, seconds in REFUSALS:
            with self.subTest(status=status, headers=headers):
                text = {"message": "Reason"}
                self.answer("GET", REPO + "/labels", text, status, headers)
                with self.assertRaisesRegex(kind, "Reason") as caught:
                    self.repo.get_labels()
                self.assertIs(type(caught.exception), kind)
                if seconds:
                    wait = caught.exception.headers["Retry-After"]
                    self.assertEqual(wait, str(seconds))

    def test_limit_is_waited_for_until_its_reset(self):
        reset = str(int(time.time()) + RESET)
        headers = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": reset}
        self.answer("GET", REPO + "/labels", {}, 403, headers)
        with self.assertRaises(TryLater) as caught:
            self.repo.get_labels()
        wait = int(caught.exception.headers["Retry-After"])
        self.assertAlmostEqual(wait, RESET, delta=5)
