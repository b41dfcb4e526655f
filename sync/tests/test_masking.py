# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Masking of secrets, in whatever spelling they get into a text."""

import base64
import html
import json
import time
from urllib.parse import quote, quote_plus, urlencode
from xml.sax.saxutils import escape, quoteattr

from odoo.tests import BaseCase

from ..masking import MASK, Masker

SECRETS = {
    "plain": "s3cr3tT0ken",
    "short": "x7",
    "marks": "p@ss \"w'o/r\\d&<x>+~%=?",
    "regular expression": "a.*[b](c)|^$+?{2}\\",
    "letters": "пароль-ß-漢字",
    "white space": "two words\tand a tab",
    "two lines": "-----BEGIN KEY-----\nMIIEvQIBADANBgkq\n-----END KEY-----\n",
    "backslashes": "\\n\\t\\\\",
    "lone surrogate": "abc\ud800def",
    "mask": "**",
}

# Ways a secret gets into a text; each takes the secret.
WAYS = {
    "as it is": str,
    "amid words": "token=%s;".__mod__,
    "twice": "%s and again".__mod__,
    "repr": repr,
    "repr of a dict": lambda secret: str({"key": secret, "other": [secret]}),
    "repr of a repr": lambda secret: repr(str({"key": secret})),
    "repr beside quotation marks": lambda secret: repr("\"' " + secret),
    "ascii": ascii,
    "JSON": json.dumps,
    "JSON with letters": lambda secret: json.dumps(secret, ensure_ascii=False),
    "JSON of an object": lambda secret: json.dumps({"a": [{"b": secret}]}, indent=2),
    "JSON in JSON": lambda secret: json.dumps({"body": json.dumps({"a": secret})}),
    "JSON with escaped slashes": lambda secret: json.dumps(secret).replace("/", "\\/"),
    "HTML": html.escape,
    "XML": escape,
}

# Ways that need bytes.
BYTES_WAYS = {
    "repr of bytes": repr,
    "URL": lambda raw: "https://example.com/bot%s/send" % quote(raw),
    "URL, slashes too": lambda raw: quote(raw, safe=""),
    "form": quote_plus,
    "query": lambda raw: urlencode({"a": 1, "token": raw}),
    "base64": lambda raw: base64.b64encode(raw).decode(),
    "base64 for URLs": lambda raw: base64.urlsafe_b64encode(raw).decode(),
    "hexadecimal": bytes.hex,
    "HEXADECIMAL": lambda raw: raw.hex().upper(),
}


class TestMasking(BaseCase):
    def assertHidden(self, secret, text):
        masked = Masker([secret])(text)
        self.assertIn(MASK, masked)
        self.assertNotIn(secret.strip(), masked.replace(MASK, ""))
        return masked

    def test_spellings(self):
        for title, secret in SECRETS.items():
            for way, spell in WAYS.items():
                with self.subTest(title, way=way):
                    self.assertHidden(secret, spell(secret))
                    rest = Masker([secret])(spell(secret)).replace(MASK, "")
                    empty = spell("").replace(MASK, "")
                    self.assertLessEqual(len(rest), 2 * len(empty) + 10, rest)

    def test_spellings_of_bytes(self):
        for title, secret in SECRETS.items():
            raw = secret.encode("utf-8", "surrogatepass")
            for way, spell in BYTES_WAYS.items():
                with self.subTest(title, way=way):
                    text = spell(raw)
                    self.assertEqual(
                        Masker([secret])(text).replace(MASK, ""), spell(b"")
                    )

    def test_lowercase_percent_codes(self):
        self.assertEqual(Masker(["a/b=c"])("x=a%2fb%3dc"), "x=" + MASK)

    def test_xml_attribute(self):
        self.assertHidden("a'b\"c", "<a b=%s/>" % quoteattr("a'b\"c"))

    def test_url_of_json(self):
        self.assertHidden(
            'a"b/c', "?q=" + quote(json.dumps({"token": 'a"b/c'}), safe="")
        )

    def test_base64_amid_others(self):
        """As in the header of basic authorisation."""
        secret = "s3cr3tT0ken"
        for login in ("a", "ab", "abc", "abcd"):
            for tail in ("", "\n", "::"):
                with self.subTest(login=login, tail=tail):
                    text = "%s:%s%s" % (login, secret, tail)
                    encoded = base64.b64encode(text.encode()).decode()
                    self.assertHidden(secret, "Authorization: Basic " + encoded)
                    self.assertLess(
                        len(Masker([secret])(encoded).replace(MASK, "")), 16
                    )

    def test_stripped(self):
        """Who pastes a token pastes a line break with it; the code takes it off."""
        self.assertEqual(Masker(["  s3cr3tT0ken\n"])("<s3cr3tT0ken>"), "<%s>" % MASK)

    def test_single_lines(self):
        key = SECRETS["two lines"]
        self.assertEqual(Masker([key])("see MIIEvQIBADANBgkq"), "see " + MASK)

    def test_short_lines_of_a_secret_stay(self):
        masker = Masker(['{\n"private": "abcdefghijkl"\n}'])
        self.assertEqual(masker("{1} }"), "{1} }")

    def test_empty_secrets(self):
        for empty in ("", None, False, 0):
            with self.subTest(empty):
                self.assertEqual(Masker([empty])("text"), "text")

    def test_no_secret(self):
        self.assertEqual(Masker()("text"), "text")
        self.assertEqual(Masker(["secret"])(""), "")

    def test_text_without_secret_stays(self):
        text = "a\n\\ 'x' \x00 ä 漢字 \ud800 ********"
        self.assertEqual(Masker(["s3cr3tT0ken"])(text), text)

    def test_other_types(self):
        self.assertEqual(Masker([12345])("code 12345"), "code " + MASK)

    def test_one_inside_another(self):
        for secrets in (["abcd", "abcdefgh"], ["abcdefgh", "abcd"]):
            with self.subTest(secrets):
                self.assertEqual(Masker(secrets)("<abcdefgh>"), "<%s>" % MASK)
                self.assertEqual(Masker(secrets)("<abcde>"), "<%se>" % MASK)

    def test_overlapping(self):
        self.assertEqual(Masker(["abcdef", "efghij"])("<abcdefghij>"), "<%s>" % MASK)
        self.assertEqual(Masker(["aba"])("<ababa>"), "<%s>" % MASK)

    def test_learning_later(self):
        masker = Masker(["first"])
        masker.add("second", None)
        self.assertEqual(masker("first second"), "%s %s" % (MASK, MASK))

    def test_maskers_do_not_share(self):
        Masker(["first"])
        self.assertEqual(Masker(["second"])("first second"), "first " + MASK)

    def test_many_secrets_in_a_long_text(self):
        secrets = ["%s-%s\"'/ä" % (number, "s3cr3t" * 6) for number in range(50)]
        masker = Masker(secrets)
        text = json.dumps(
            [{"id": number, "name": "Customer"} for number in range(30000)]
        )
        self.assertGreater(len(text), 1000 * 1000)
        masker("learn")
        started = time.monotonic()
        masked = masker(text + json.dumps(secrets))
        self.assertLess(time.monotonic() - started, 3)
        self.assertEqual(masked.count(MASK), 50)
        self.assertNotIn("s3cr3t", masked)

    def test_many_finds(self):
        started = time.monotonic()
        self.assertEqual(Masker(["aa"])("a" * 300000), MASK)
        self.assertLess(time.monotonic() - started, 5)
