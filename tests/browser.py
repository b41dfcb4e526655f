# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""A person in front of Chromium, who clicks and types in Odoo's web client.

Whatever goes wrong on the way (an error in the console, a failed request, an error
dialog) fails the test at the next step.
"""

import contextlib
import os
import re
from pathlib import Path

from playwright.sync_api import sync_playwright
from servers import Odoo, fresh_database, running, until

SCREENSHOTS = Path(__file__).resolve().parents[1] / ".local" / "screenshots"
WIDTHS = {1280: 800, 1920: 1080}  # pixels: height
OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
TIMEOUT = 20 * 1000  # milliseconds
FIRST_PAGE = 90 * 1000  # milliseconds: a new database makes its scripts and styles
TYPING_PAUSE = 700  # milliseconds after which code is checked
REDRAW = 150  # milliseconds that Odoo takes to follow a new width
QUIET = 150  # milliseconds without a request: the page is drawn
NO_HINTS = ".o_loading { display: none !important; }"  # fades for a while
ROWS = ".o_data_row:visible, .o_kanban_record:not(.o_kanban_ghost):visible"
CALL = "/web/dataset/call_kw/"
TROUBLE = ".o_dialog_error, .o_dialog_warning, .o_notification.bg-danger"


@contextlib.contextmanager
def chromium():
    """Start the browser that CHROMIUM names."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"),
            args=OPTIONS,
        )
        yield browser
        browser.close()


@contextlib.contextmanager
def server_with_people(database, roles):
    """Run a server on a new database, where the people are.

    :param dict roles: names by login, which is the password too: of a User, a Developer
        and an Administrator, who have no other group
    """
    fresh_database(database, "sync", addons=("sync",), demo=False)
    server = Odoo(database, "--max-cron-threads", "0")
    with running(server):
        admin = server.rpc()
        for login, group in zip(roles, ("user", "dev", "manager")):
            vals = {"name": roles[login], "login": login, "password": login}
            vals["groups_id"] = [(6, 0, [admin.ref("sync.sync_group_%s" % group)])]
            admin("res.users", "create", vals)
        yield server


class Person:
    """Somebody who is logged in; the methods are named after what they do.

    :param browser: of ``chromium``
    :param server: ``servers.Odoo``
    :param str login: also the password
    """

    def __init__(self, browser, server, login):
        self.login = login
        self.complaints = []
        self.calls = []  # of methods of models: "sync.job/read"
        self._requests = set()
        self._shown = 0
        width, height = next(iter(WIDTHS.items()))
        self.page = browser.new_page(viewport={"width": width, "height": height})
        self.page.set_default_timeout(TIMEOUT)
        self._url = server.url
        self._pictures = SCREENSHOTS / server.database
        self._remove_pictures()
        self._watch()
        self._log_in()

    def open_app(self):
        """Open the projects of Sync Studio in a web client that is loaded afresh."""
        self.page.goto(self._url + "/web")
        self.page.click(".o_menu_apps a.full")
        self.page.click(".o_menu_apps .o_app:has-text('Sync Studio')")
        self.page.wait_for_selector(".o_sync_overview")
        self.menu("Projects")

    def menu(self, name):
        self.click(self.page.locator(".o_menu_sections a", has_text=exactly(name)))

    def open_row(self, text=""):
        """Click the row or card that has this text; the first, when there is none."""
        self.click(self.row(text))

    def row(self, text=""):
        return self.top.locator(ROWS, has_text=text).first

    def open_tab(self, name):
        self.click(self.top.locator(".nav-link", has_text=exactly(name)))

    def follow(self, label):
        """Click a button with a count at the top of a form, or behind its More."""
        button = self.top.locator(".oe_stat_button:visible", has_text=label)
        if not button.count():
            self.click(self.top.locator(".o_button_more"))
        self.click(button)

    def press(self, label):
        """Click the button with this text; a link that looks like one counts too."""
        self.click(self.button(label).first)

    def button(self, label):
        """The visible buttons with this text."""
        return self.top.locator(
            "button:visible, a.btn:visible", has_text=exactly(label)
        )

    def choose(self, menu, item):
        """Choose an item of a drop-down; of one with periods, by day."""
        toggle = self.page.locator(".o_cp_bottom button", has_text=exactly(menu))
        self.click(toggle)
        opened = self.page.locator(".o_dropdown_menu:visible")
        self.click(opened.locator(".o_menu_item", has_text=exactly(item)))
        day = opened.locator(".o_item_option:visible", has_text=exactly("Day"))
        if day.count():
            self.click(day)
        if opened.count():
            self.click(toggle)

    def back(self):
        """Go back to the page before, by its name above the page."""
        self.click(self.page.locator(".breadcrumb-item a").last)

    def add_line(self, field):
        self.click(self.field(field).locator(".o_field_x2many_list_row_add a").first)

    def fill(self, field, text):
        """Type in a field of the form, or of the line that is being edited."""
        target = self.top.locator("[name=%s]:visible" % field).last
        self.click(target)
        target.fill(str(text))
        self.settle()

    def select(self, field, label):
        self.top.locator("select[name=%s]" % field).select_option(label=label)
        self.settle()

    def pick(self, field, text):
        """Type in a field that refers to a record, and take the first suggestion."""
        self.field(field).locator("input").first.type(text)
        suggestion = self.page.locator(".ui-autocomplete:visible li", has_text=text)
        self.click(suggestion.first)

    def write_code(self, field, code):
        """Replace what the code editor holds, as by paste."""
        self.field(field).locator(".ace_content").click()
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(code)
        self.page.wait_for_timeout(TYPING_PAUSE)
        self.settle()

    def field(self, name):
        return self.top.locator(".o_field_widget[name=%s]" % name).first

    def text(self, field):
        return self.field(field).inner_text()

    def state(self):
        """What the bar of states at the top of a form shows."""
        bar = self.page.locator(".o_statusbar_status [aria-checked=true]")
        return bar.text_content().strip()

    def comes(self, condition, timeout=40):
        """Wait until the page shows something by itself."""

        def shown():
            self.page.wait_for_timeout(200)
            self.check()
            return condition()

        until(shown, timeout)

    def title(self):
        return self.page.locator(".breadcrumb-item.active").inner_text()

    @property
    def top(self):
        """The dialog in front, or the page."""
        dialogs = self.page.locator(".modal.show")
        return dialogs.last if dialogs.count() else self.page.locator("body")

    def click(self, target):
        target.click()
        self.settle()

    def settle(self):
        """Wait until the page is drawn, and fail on whatever went wrong."""
        quiet = waited = 0
        while quiet < QUIET:
            self.page.wait_for_timeout(50)
            waited += 50
            quiet = 0 if self._requests else quiet + 50
            asked = [request.url for request in self._requests]
            assert waited < FIRST_PAGE, "No answer from %s" % asked
        self.check()

    def check(self):
        """:raises AssertionError: something went wrong since the last check"""
        for dialog in self.page.locator(TROUBLE).all():
            self.complaints.append("shown: " + dialog.inner_text())
        complaints, self.complaints = self.complaints, []
        assert not complaints, "%s on %s: %s" % (self.login, self.page.url, complaints)

    def look(self, name):
        """Store a picture of the page in each width."""
        self._shown += 1
        for width, height in WIDTHS.items():
            self._resize(width, height)
            file = "%s-%02d-%s-%s.png" % (self.login, self._shown, name, width)
            self.page.screenshot(path=str(self._pictures / file), style=NO_HINTS)
        self._resize(*next(iter(WIDTHS.items())))

    def _remove_pictures(self):
        for picture in self._pictures.glob(self.login + "-*.png"):
            picture.unlink()

    def _resize(self, width, height):
        size = {"width": width, "height": height}
        if self.page.viewport_size != size:
            self.page.set_viewport_size(size)
            self.page.wait_for_timeout(REDRAW)

    def _log_in(self):
        # A script of the page that is asked for beside the login gets a session of its
        # own, which would take the place of that of the login.
        self.page.goto(
            self._url + "/web/login", wait_until="networkidle", timeout=FIRST_PAGE
        )
        self.page.fill("#login", self.login)
        self.page.fill("#password", self.login)
        self.page.click("button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar", timeout=FIRST_PAGE)

    def _watch(self):
        page = self.page
        page.on("console", self._on_console)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("response", self._on_response)
        page.on("request", self._on_request)
        page.on("requestfinished", self._on_answer)
        page.on("requestfailed", self._on_answer)

    def _on_console(self, message):
        if message.type == "error":
            self.complaints.append("console: " + message.text)

    def _on_response(self, response):
        if response.status >= 400:
            self.complaints.append("%s: %s" % (response.status, response.url))

    def _on_request(self, request):
        if "/longpolling/" not in request.url:
            self._requests.add(request)
        if CALL in request.url:
            self.calls.append(request.url.split(CALL)[1])

    def _on_answer(self, request):
        self._requests.discard(request)


def exactly(text):
    """A pattern for the whole text of an element."""
    return re.compile(r"^\s*%s\s*$" % re.escape(text))
