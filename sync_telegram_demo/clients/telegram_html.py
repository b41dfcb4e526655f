# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""From HTML to the little HTML that Telegram allows. Plain Python, no Odoo imports."""

import html
import re

from lxml import html as lxml_html

# What these look like in Telegram
TAGS = {
    "b": "b",
    "strong": "b",
    "h1": "b",
    "h2": "b",
    "h3": "b",
    "h4": "b",
    "h5": "b",
    "h6": "b",
    "i": "i",
    "em": "i",
    "u": "u",
    "ins": "u",
    "s": "s",
    "strike": "s",
    "del": "s",
    "code": "code",
    "pre": "pre",
    "a": "a",
    "blockquote": "blockquote",
}
# These begin on a line of their own.
BLOCKS = frozenset(
    "address blockquote dd div dl dt h1 h2 h3 h4 h5 h6 hr li ol p pre table tr ul".split()
)
WITHOUT_TEXT = frozenset(["script", "style", "head", "title"])
LINK = re.compile(r"(https?|tg|mailto|tel):", re.IGNORECASE)
SPACE = re.compile(r"[ \t\r\n]+")

LINE = "\0"  # stands for the edge of a block
EDGES = re.compile(r"[ \n]*\0[ \n\0]*")
ITEM = "\x01"  # stands for the bullet of a list
ITEM_EDGES = re.compile(r"\x01[ \n\0]*")


def html_sanitize_telegram(source):
    """Return HTML (str) with the tags that Telegram allows; the others leave their text.

    >>> html_sanitize_telegram('<p>Dear <strong>Ann</strong></p><p>1 &lt; 2</p>')
    'Dear <b>Ann</b>\\n1 &lt; 2'
    """
    if not (source or "").strip():
        return ""
    root = lxml_html.fragment_fromstring(source, create_parent="div")
    text = ITEM_EDGES.sub("• ", "".join(_parts(root)))
    return EDGES.sub(_lines, text).strip()


def html_after_prefix(source, prefix):
    """Return HTML (str) without the word it begins with, None if it has another one.

    >>> html_after_prefix("<b>/telegram Dear</b> Ann", "/telegram")
    '<b>Dear</b> Ann'
    """
    found = re.match(r"((?:<[^>]*>|\s)*)%s(?![^\s<])\s*" % re.escape(prefix), source)
    return found and found.group(1) + source[found.end() :]


def _lines(edges):
    """Edges that meet are one new line; an empty line between them stays."""
    return "\n\n" if "\n" in edges.group() else "\n"


def _parts(element, inside=()):
    """Yield the pieces of text and the tags of an element, in their order."""
    name = element.tag
    edge = [LINE] if name in BLOCKS else []
    tag = _tag(element, inside)
    yield from edge
    yield from ["\n"] if name == "br" else [ITEM] if name == "li" else []
    yield _opening(tag, element) if tag else ""
    inside = inside + (tag,)
    yield _text(element.text, inside)
    for child in element:
        # comments and the like have a function in place of a name
        if isinstance(child.tag, str) and child.tag not in WITHOUT_TEXT:
            yield from _parts(child, inside)
        yield _text(child.tail, inside)
    yield "</%s>" % tag if tag else ""
    yield from edge
    yield from [" "] if name in ("td", "th") else []


def _tag(element, inside):
    """Return the name of the tag in Telegram, which nests none in its like."""
    tag = TAGS.get(element.tag)
    if tag in inside or (tag == "a" and not LINK.match(element.get("href", ""))):
        return None
    return tag


def _opening(tag, element):
    if tag == "a":
        return '<a href="%s">' % html.escape(element.get("href"))
    return "<%s>" % tag


def _text(text, inside):
    text = html.escape(text or "", quote=False)
    return text if "pre" in inside else SPACE.sub(" ", text)
