# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""A local GitHub with one repository: REST API v3 as PyGithub uses it, and webhooks."""

import copy
import hmac
import json
import uuid
from itertools import count
from urllib.parse import quote

from fake_service import FakeService, Response, as_json, route

TOKEN = "ghp_token-of-the-tests"
REPO = "octo/demo"
BASE = "/repos/" + REPO
NO_CONTENT = Response(204)


class FakeGithub(FakeService):
    """The repository, what the API does with it, and what its users do.

    :ivar dict issues: by number; pull requests are issues too
    :ivar dict labels: by id
    :ivar dict hooks: by id
    """

    def __init__(self, port=0):
        super().__init__(port)
        self.issues = {}
        self.labels = {}
        self.hooks = {}
        self._ids = count(1001)

    def snapshot(self):
        """Return a copy of issues and labels for ``restore``."""
        with self.lock:
            return copy.deepcopy((self.issues, self.labels))

    def restore(self, snapshot):
        with self.lock:
            self.issues, self.labels = copy.deepcopy(snapshot)

    # What users do and see

    def open_issue(self, title, body="", labels=(), pull_request=False):
        """Open an issue; return its number. GitHub sends one event for each label."""
        with self.lock:
            number = len(self.issues) + 1
            self.issues[number] = {
                "title": title,
                "body": body,
                "state": "open",
                "labels": [self._ensure_label(name)["id"] for name in labels],
                "pull_request": pull_request,
            }
            self._send_issue("opened", number)
            for label in self.issues[number]["labels"]:
                self._send_issue("labeled", number, self.labels[label])
            return number

    def comment(self, number, text):
        with self.lock:
            comment = {
                "id": next(self._ids),
                "body": text,
                "html_url": "%s#issuecomment-%s"
                % (self._issue_page(number), next(self._ids)),
            }
            issue = self._issue(number)
            self._send("issue_comment", "created", issue=issue, comment=comment)

    def add_label(self, number, name):
        with self.lock:
            self._attach(number, self._ensure_label(name))

    def remove_label(self, number, name):
        with self.lock:
            self._detach(number, self._named(name))

    def toggle_label(self, number, name):
        """Attach a label, or detach it if it is attached."""
        with self.lock:
            is_attached = name in self.label_names(number)
            (self.remove_label if is_attached else self.add_label)(number, name)

    def edit_label(self, name, new_name=None, color=None):
        with self.lock:
            self._edit(self._named(name), new_name, color)

    def delete_label(self, name):
        with self.lock:
            self._delete(self._named(name))

    def label_names(self, number):
        """Return the sorted names of the labels of an issue."""
        with self.lock:
            ids = self.issues[number]["labels"]
            return sorted(self.labels[one]["name"] for one in ids)

    # API

    def refuse(self, request):
        if request.headers.get("Authorization") != "token " + TOKEN:
            return as_json({"message": "Bad credentials"}, 401)
        return None

    def not_found(self):
        return as_json({"message": "Not Found"}, 404)

    @route("GET", BASE + "/hooks")
    def get_hooks(self, _request):
        hidden = {"secret": "********"}
        return as_json(
            [
                dict(hook, config=dict(hook["config"], **hidden))
                for hook in self.hooks.values()
            ]
        )

    @route("POST", BASE + "/hooks")
    def create_hook(self, request):
        url = request.data["config"]["url"]
        if any(hook["config"]["url"] == url for hook in self.hooks.values()):
            return self._invalid("Hook already exists on this repository")
        number = next(self._ids)
        hook = dict(request.data, id=number, url=self._api("/hooks/%s" % number))
        self.hooks[number] = hook
        self._deliver(hook, "ping", {"zen": "Keep it simple.", "hook_id": number})
        return as_json(hook, 201)

    @route("PATCH", BASE + "/hooks/([0-9]+)")
    def edit_hook(self, request, number):
        self.hooks[int(number)].update(request.data)
        return as_json(self.hooks[int(number)])

    @route("GET", BASE + "/issues")
    def list_issues(self, request):
        state = request.query.get("state", "open")
        numbers = [
            number
            for number, issue in sorted(self.issues.items())
            if state in ("all", issue["state"])
        ]
        if request.query.get("direction", "desc") == "desc":
            numbers.reverse()
        return self._page(request, [self._issue(number) for number in numbers])

    @route("GET", BASE + "/issues/([0-9]+)")
    def get_issue(self, _request, number):
        if int(number) not in self.issues:
            return self.not_found()
        return as_json(self._issue(int(number)))

    @route("POST", BASE + "/issues/([0-9]+)/labels")
    def add_labels(self, request, number):
        names = request.data
        for name in names["labels"] if isinstance(names, dict) else names:
            self._attach(int(number), self._ensure_label(name))
        return as_json(self._issue(int(number))["labels"])

    @route("DELETE", BASE + "/issues/([0-9]+)/labels/([^/]+)")
    def remove_issue_label(self, _request, number, name):
        label = self._named(name)
        if not label or label["id"] not in self.issues[int(number)]["labels"]:
            return as_json({"message": "Label does not exist"}, 404)
        self._detach(int(number), label)
        return as_json(self._issue(int(number))["labels"])

    @route("GET", BASE + "/labels")
    def list_labels(self, request):
        return self._page(request, list(map(self._label, self.labels.values())))

    @route("POST", BASE + "/labels")
    def create_label(self, request):
        if self._named(request.data["name"]):
            return self._invalid("already_exists")
        label = self._ensure_label(**request.data)
        return as_json(self._label(label), 201)

    @route("PATCH", BASE + "/labels/([^/]+)")
    def update_label(self, request, name):
        label = self._named(name)
        if not label:
            return self.not_found()
        new_name = request.data.get("new_name")
        namesake = new_name and self._named(new_name)
        if namesake and namesake is not label:
            return self._invalid("already_exists")
        self._edit(label, new_name, request.data.get("color"))
        return as_json(self._label(label))

    @route("DELETE", BASE + "/labels/([^/]+)")
    def remove_label_of_repo(self, _request, name):
        label = self._named(name)
        if not label:
            return self.not_found()
        self._delete(label)
        return NO_CONTENT

    # State

    def _named(self, name):
        """Names differ by more than upper and lower case."""
        for label in self.labels.values():
            if label["name"].lower() == name.lower():
                return label
        return None

    def _ensure_label(self, name, color="ededed", description=None):
        label = self._named(name)
        if not label:
            label = {"id": next(self._ids), "name": name, "color": color}
            self.labels[label["id"]] = label
            self._send("label", "created", label=self._label(label))
        return label

    def _attach(self, number, label):
        if label["id"] not in self.issues[number]["labels"]:
            self.issues[number]["labels"].append(label["id"])
            self._send_issue("labeled", number, label)

    def _detach(self, number, label):
        self.issues[number]["labels"].remove(label["id"])
        self._send_issue("unlabeled", number, label)

    def _edit(self, label, name, color):
        changes = {}
        for key, value in (("name", name), ("color", color)):
            if value and value != label[key]:
                changes[key] = {"from": label[key]}
                label[key] = value
        if changes:
            self._send("label", "edited", label=self._label(label), changes=changes)

    def _delete(self, label):
        del self.labels[label["id"]]
        for number, issue in self.issues.items():
            if label["id"] in issue["labels"]:
                issue["labels"].remove(label["id"])
                self._send_issue("unlabeled", number)
        self._send("label", "deleted", label=self._label(label))

    # JSON

    def _issue(self, number):
        issue = self.issues[number]
        values = {
            "id": 5000 + number,
            "number": number,
            "title": issue["title"],
            "body": issue["body"] or None,
            "state": issue["state"],
            "url": self._api("/issues/%s" % number),
            "html_url": self._issue_page(number),
            "labels": [self._label(self.labels[one]) for one in issue["labels"]],
        }
        if issue["pull_request"]:
            values["pull_request"] = {"url": self._api("/pulls/%s" % number)}
        return values

    def _issue_page(self, number):
        kind = "pull" if self.issues[number]["pull_request"] else "issues"
        return "%s/%s/%s/%s" % (self.url, REPO, kind, number)

    def _label(self, label):
        return dict(label, url=self._api("/labels/" + quote(label["name"], safe="")))

    def _api(self, path):
        return self.url + BASE + path

    def _invalid(self, text):
        errors = [{"message": text, "code": "already_exists"}]
        return as_json({"message": "Validation Failed", "errors": errors}, 422)

    def _page(self, request, items):
        """Answer with one page of a list, and with the address of the next one."""
        size = int(request.query.get("per_page", 30))
        page = int(request.query.get("page", 1))
        headers = {}
        if page * size < len(items):
            query = dict(request.query, page=page + 1)
            address = "&".join("%s=%s" % pair for pair in query.items())
            link = '<%s%s?%s>; rel="next"' % (self.url, request.path, address)
            headers["Link"] = link
        return as_json(items[(page - 1) * size : page * size], headers=headers)

    # Webhooks

    def _send_issue(self, action, number, label=None):
        is_pull = self.issues[number]["pull_request"]
        kind = "pull_request" if is_pull else "issue"
        event = "pull_request" if is_pull else "issues"
        values = {kind: self._issue(number)}
        if label:
            values["label"] = self._label(label)
        self._send(event, action, **values)

    def _send(self, event, action, **values):
        payload = dict(values, action=action, repository={"full_name": REPO})
        for hook in self.hooks.values():
            if hook["active"] and event in hook["events"]:
                self._deliver(hook, event, payload)

    def _deliver(self, hook, event, payload):
        body = json.dumps(payload).encode()
        secret = hook["config"].get("secret", "").encode()
        signature = hmac.new(secret, body, "sha256").hexdigest()
        headers = {
            "X-GitHub-Event": event,
            "X-GitHub-Delivery": str(uuid.uuid4()),
            "X-Hub-Signature-256": "sha256=" + signature,
        }
        self.deliveries.send(hook["config"]["url"], body, headers)
