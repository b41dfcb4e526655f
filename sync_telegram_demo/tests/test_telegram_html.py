# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""From HTML to the HTML of Telegram."""

from odoo.tests.common import BaseCase

from ..clients.telegram_html import html_after_prefix, html_sanitize_telegram

SANITIZED = [
    (None, ""),
    (False, ""),
    ("   ", ""),
    ("1 &lt; 2 &amp; 3 <4", "1 &lt; 2 &amp; 3 &lt;4"),
    ("<b>a single tag</b>", "<b>a single tag</b>"),
    ("<strong><b>nested</b></strong>", "<b>nested</b>"),
    ("<h2>Title</h2>text", "<b>Title</b>\ntext"),
    ('<em style="color: red">styled</em>', "<i>styled</i>"),
    ('<span class="x">t<u>e</u>xt</span>', "t<u>e</u>xt"),
    ('<img src="x"/>picture', "picture"),
    ("<script>alert(1)</script>safe<!-- hidden -->", "safe"),
    ("</b>unclosed<i>", "unclosed<i></i>"),
    # lines
    ("<p>one</p>\n<p>two</p>", "one\ntwo"),
    ("<p>one</p><p><br></p><p>two</p>", "one\n\ntwo"),
    ("one<br/>two\nstill   two", "one\ntwo still two"),
    ("<pre>one\n  two</pre>", "<pre>one\n  two</pre>"),
    ("<ul><li>one</li><li><p>two</p></li></ul>end", "• one\n• two\nend"),
    ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
    # links
    (
        '<a href="https://example.com/?a=1&amp;b=2" target="_blank">x</a>',
        '<a href="https://example.com/?a=1&amp;b=2">x</a>',
    ),
    ('<a href="https://example.com/&quot;">x</a>',) * 2,
    ('<a href="javascript:alert(1)">x</a>', "x"),
    ('<a name="anchor">x</a>', "x"),
]
AFTER_PREFIX = [
    ("/telegram Dear /telegram", "Dear /telegram"),
    ("/telegram\xa0Dear\nAnn", "Dear\nAnn"),
    ("<b>/telegram Dear</b> Ann", "<b>Dear</b> Ann"),
    ("/telegram<b>Dear</b>", "<b>Dear</b>"),
    ("/telegram", ""),
    ("/telegrams", None),
    ("by /telegram", None),
    ('<a href="https://example.com/telegram">Link</a>', None),
    ("", None),
]


class TestTelegramHtml(BaseCase):
    def test_html_is_reduced_to_what_telegram_allows(self):
        for source, expected in SANITIZED:
            with self.subTest(source=source):
                self.assertEqual(html_sanitize_telegram(source), expected)

    def test_what_is_reduced_stays_as_it_is(self):
        for source, expected in SANITIZED:
            once = html_sanitize_telegram(source)
            if "\n" not in expected:  # outside of HTML tags new lines are spaces
                with self.subTest(source=source):
                    self.assertEqual(html_sanitize_telegram(once), once)

    def test_only_the_prefix_at_the_beginning_is_removed(self):
        for source, expected in AFTER_PREFIX:
            with self.subTest(source=source):
                self.assertEqual(html_after_prefix(source, "/telegram"), expected)
