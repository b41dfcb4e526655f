# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Client of one GitHub repository, on PyGithub. Plain Python, no Odoo imports.

Ids of labels are texts, as links keep them. An issue or a pull request is a dict of
``id`` (its number, int), ``name``, ``body``, ``url`` and ``labels``, a label one of
``id``, ``name`` and ``color`` (six hexadecimal digits).
"""

import re
import time
from contextlib import contextmanager
from functools import wraps

from github import Auth, Github, GithubException
from github.GithubException import RateLimitExceededException

from .errors import NotAccepted, NotThere, ServiceError, TryLater

PUBLIC_API = "https://api.github.com"
TIMEOUT = 15  # seconds without an answer
PER_PAGE = 100  # the most that GitHub gives at once
SECONDARY_LIMIT_WAIT = 60  # seconds; GitHub's advice where it tells no time
GONE = 410  # an issue that was deleted


def explained(method):
    """Make a method raise the errors of this addon in place of PyGithub's."""

    @wraps(method)
    def call(*args, **kwargs):
        with _explaining():
            return method(*args, **kwargs)

    return call


class GithubRepo:
    """One repository, reached with a personal access token.

    Nothing is sent before the first call. Every call is sent once and does not wait
    for limits: that is left to the queue, which serves other jobs meanwhile.

    :param str api_url: e.g. ``"https://api.github.com"``
    :param str name: ``"owner/name"``
    :raises TryLater: GitHub is out of order, or a rate limit is reached
    :raises NotAccepted, NotThere, ServiceError: GitHub refuses
    :raises requests.RequestException: the network failed
    """

    def __init__(self, api_url, token, name):
        self._api_url = (api_url or PUBLIC_API).rstrip("/")
        self._token = token
        self._name = name

    @property
    def _repo(self):
        github = Github(
            auth=Auth.Token(self._token),
            base_url=self._api_url,
            timeout=TIMEOUT,
            per_page=PER_PAGE,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        return github.get_repo(self._name, lazy=True)

    def issue_url(self, issue):
        """Return the address of an issue for people."""
        if self._api_url == PUBLIC_API:
            site = "https://github.com"
        else:  # GitHub Enterprise Server
            site = re.sub("/api/v3$", "", self._api_url)
        return "%s/%s/issues/%s" % (site, self._name, issue)

    # Webhooks

    @explained
    def get_webhooks(self):
        """Return the webhooks as a list of dicts: id, url, events and active."""
        return [
            {
                "id": str(hook.id),
                "url": hook.config.get("url"),
                "events": hook.events,
                "active": hook.active,
            }
            for hook in self._repo.get_hooks()
        ]

    @explained
    def set_webhook(self, url, events, secret):
        """Have events sent to an address, signed; one that is known is updated."""
        config = {"url": url, "content_type": "json", "secret": secret}
        for hook in self._repo.get_hooks():
            if hook.config.get("url") == url:
                hook.edit("web", config, events, active=True)
                return
        self._repo.create_hook("web", config, events, active=True)

    # Issues

    @explained
    def get_issue(self, issue):
        """Return an issue or a pull request, None if it does not exist."""
        try:
            return _issue(self._repo.get_issue(int(issue)))
        except GithubException as error:
            if error.status in (404, GONE):
                return None
            raise

    @explained
    def get_all_issues(self, page=None, state="open"):
        """Return issues and pull requests, the oldest first: all, or one page.

        :param int page: number of the page, from 0
        :param str state: ``"open"``, ``"closed"`` or ``"all"``
        """
        issues = self._repo.get_issues(state=state, sort="created", direction="asc")
        return [_issue(issue) for issue in _page(issues, page)]

    @explained
    def issue_add_labels(self, issue, ids):
        """Attach labels to an issue; those deleted meanwhile are left out."""
        names = self._names(ids)
        if names:
            self._repo.get_issue(int(issue)).add_to_labels(*names)

    @explained
    def issue_remove_labels(self, issue, ids):
        """Detach labels from an issue, if they are attached."""
        issue = self._repo.get_issue(int(issue))
        attached = {str(label.id): label for label in issue.labels}
        for label_id in map(str, ids):
            if label_id in attached:
                _ignore_missing(issue.remove_from_labels, attached[label_id])

    # Labels

    @explained
    def get_labels(self):
        """Return all labels of the repository."""
        return [_label(label) for label in self._repo.get_labels()]

    @explained
    def label_create(self, name, color):
        """Create a label, unless there is one of this name; return its id."""
        label = self._find(lambda label: label.name.lower() == name.lower())
        return str((label or self._repo.create_label(name, color)).id)

    @explained
    def label_update(self, label, name, color):
        """Rename a label and change its color; without one it keeps its own."""
        found = self._find_id(label)
        if found:
            found.edit(name, color or found.color)

    @explained
    def label_delete(self, label):
        """Delete a label, if it exists."""
        found = self._find_id(label)
        if found:
            _ignore_missing(found.delete)

    def _find(self, condition):
        return next(filter(condition, self._repo.get_labels()), None)

    def _find_id(self, label_id):
        return self._find(lambda label: str(label.id) == str(label_id))

    def _names(self, ids):
        ids = set(map(str, ids))
        return [label["name"] for label in self.get_labels() if label["id"] in ids]


def _page(items, page):
    return items if page is None else items.get_page(page)


def _issue(issue):
    return {
        "id": issue.number,
        "name": issue.title,
        "body": issue.body or "",
        "url": issue.html_url,
        "labels": [_label(label) for label in issue.labels],
    }


def _label(label):
    return {"id": str(label.id), "name": label.name, "color": label.color}


def _ignore_missing(function, *args):
    """Delete something, though somebody else may have been faster."""
    try:
        function(*args)
    except GithubException as error:
        if error.status != 404:
            raise


@contextmanager
def _explaining():
    try:
        yield
    except GithubException as error:
        raise _explain(error) from error


def _explain(error):
    """Turn an error of PyGithub into the one that tells what to do."""
    headers = {name.lower(): value for name, value in (error.headers or {}).items()}
    reason = "GitHub answered %s" % error
    if _is_limited(error, headers):
        return TryLater(reason, _seconds_to_wait(headers))
    if error.status >= 500 or error.status == 408:
        return TryLater(reason, headers.get("retry-after"))
    kinds = {401: NotAccepted, 404: NotThere}
    return kinds.get(error.status, ServiceError)(reason)


def _is_limited(error, headers):
    """A limit is told by 429, or by 403, which also means that a right is missing."""
    if error.status == 403:
        told = "retry-after" in headers or headers.get("x-ratelimit-remaining") == "0"
        return told or isinstance(error, RateLimitExceededException)
    return error.status == 429


def _seconds_to_wait(headers):
    if "retry-after" in headers:
        return headers["retry-after"]
    if headers.get("x-ratelimit-remaining") == "0" and "x-ratelimit-reset" in headers:
        return max(1, int(headers["x-ratelimit-reset"]) - int(time.time()))
    return SECONDARY_LIMIT_WAIT
