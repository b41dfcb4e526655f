# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Replace secret values in any text. No ORM."""

import html
import json
import re
from base64 import b64encode, urlsafe_b64encode
from functools import lru_cache
from urllib.parse import quote, quote_plus
from xml.sax.saxutils import escape as escape_xml

import markupsafe

MASK = "********"
# Parts of a secret that are shorter are not masked by themselves: they would be found
# all over the log.
SHORTEST_PART = 8  # characters


class Masker:
    """Callable that gives a text without the secrets it has been told.

    It also finds a secret that was escaped for Python, JSON, XML or a URL, twice even,
    that was encoded with base64 or in hexadecimal, or of which a line stands alone.
    """

    def __init__(self, secrets=()):
        self._secrets = frozenset()
        self.add(*secrets)

    def add(self, *secrets):
        """Learn secret values (str); empty ones are passed over."""
        self._secrets |= {str(secret) for secret in secrets if secret}

    def __call__(self, text):
        if not self._secrets:
            return text
        parts, end = [], 0
        for start, stop in _spans(_pattern(self._secrets), text):
            if start >= end:
                parts += [text[end:start], MASK]
            end = max(end, stop)
        return "".join(parts) + text[end:]


def _spans(pattern, text):
    """Give all that must go, in its order; spans of several secrets may overlap."""
    found = pattern.search(text)
    while found:
        yield found.span()
        found = pattern.search(text, found.start() + 1)


@lru_cache(maxsize=100)
def _pattern(secrets):
    """Make a pattern that finds the longest of all spellings at a place.

    They are grouped by their first character, which is what makes it fast.
    """
    groups = {}
    spellings = set().union(*map(_spellings, secrets))
    for spelling in sorted(spellings, key=len, reverse=True):
        groups.setdefault(spelling[0], []).append(re.escape(spelling[1:]))
    return re.compile(
        "|".join(
            "%s(?:%s)" % (re.escape(first), "|".join(others))
            for first, others in groups.items()
        )
    )


def _spellings(secret):
    """Give all the ways (set of str) in which a secret may stand in a text."""
    parts = {secret, *_long_enough(line.strip() for line in secret.splitlines())}
    escaped = {way for part in parts for way in _escaped(part)}
    quoted = {way for part in escaped for way in _quoted(part)}
    encoded = {way for part in parts for way in _encoded(_bytes(part))}
    return parts | escaped | quoted | encoded


def _long_enough(parts):
    return (part for part in parts if len(part) >= SHORTEST_PART)


def _escaped(text):
    """Escape a text for Python, JSON, XML, HTML and URLs."""
    raw = _bytes(text)
    yield from _quoted(text)
    yield ascii(text)[1:-1]
    yield repr(raw)[2:-1]
    yield json.dumps(text, ensure_ascii=False)[1:-1]
    yield json.dumps(text).replace("/", r"\/")[1:-1]
    yield html.escape(text, quote=False)
    yield html.escape(text)
    yield escape_xml(text, {'"': "&quot;"})
    yield escape_xml(text, {'"': "&quot;", "'": "&apos;"})
    yield str(markupsafe.escape(text))
    yield quote(raw)
    yield re.sub("%..", lambda code: code.group().lower(), quote(raw, safe=""))
    yield quote_plus(raw)


def _quoted(text):
    """Escape a text, which may be escaped already, as part of a larger one."""
    yield repr(text)[1:-1]
    yield repr(text + '"')[1:-2]  # as it is when a quotation mark stands beside it
    yield json.dumps(text)[1:-1]
    yield quote(_bytes(text), safe="")


def _encoded(raw):
    """Encode bytes with base64 and in hexadecimal."""
    yield raw.hex()
    yield raw.hex().upper()
    for encode in (b64encode, urlsafe_b64encode):
        yield encode(raw).decode()
        yield from _long_enough(_base64_inside(raw, encode))


def _base64_inside(raw, encode):
    """Give what base64 makes of bytes that stand amid others, ``user:secret`` say.

    It takes three bytes at a time, so it depends on how many stand before; the
    characters at the ends, which the neighbours share, are left out.
    """
    for before in range(3):
        text = encode(bytes(before) + raw).decode()
        yield text[-(-before * 8 // 6) : (before + len(raw)) * 8 // 6]


def _bytes(text):
    return text.encode("utf-8", "surrogatepass")
