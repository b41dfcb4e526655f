# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Write the data file of a project, as Odoo loads it."""

from lxml import etree

from .contents import fields_of, records_of
from .references import find_xml_id
from .xml_ids import XmlIds

INDENT = "    "


class DataFile:
    """The data file of a project in a module.

    :param project: record
    :param str module: technical name; its XML ids of the records are made or kept
    :param str header: comment at the top
    """

    def __init__(self, project, module, header):
        self._header = header
        self._xml_ids = XmlIds(project.env, module)
        self.records = {
            self._xml_ids.of(record): record for record in records_of(project)
        }

    def content(self, files=None):
        """Return the file (bytes).

        :param dict files: paths of files that hold the code of records, by these
        """
        root = etree.Element("odoo")
        for xml_id, record in self.records.items():
            node = etree.SubElement(root, "record", id=xml_id, model=record._name)
            for name in fields_of(record):
                field = etree.SubElement(node, "field", name=name)
                if name in CODE_FIELDS and record in (files or {}):
                    field.set("type", "char")
                    field.set("file", files[record])
                else:
                    self._write_value(field, record, name)
        etree.indent(root, INDENT)
        return b"\n".join(
            [
                b"<?xml version='1.0' encoding='UTF-8'?>",
                _comment(self._header),
                etree.tostring(root, encoding="utf-8"),
                b"",
            ]
        )

    def _write_value(self, node, record, name):
        field, value = record._fields[name], record[name]
        if field.type == "many2many":
            self._write_records(node, value)
        elif field.type == "many2one":
            self._write_reference(node, value)
        elif field.type == "boolean":
            node.set("eval", str(bool(value)))
        elif field.type == "integer":
            node.text = str(value)
        elif field.type == "selection" and not value:
            node.set("eval", "False")
        else:
            _write_text(node, value or "", with_cdata=field.type == "text")

    def _write_records(self, node, records):
        if records:
            _write_search(node, records)
        else:
            node.set("eval", "[(6, 0, [])]")

    def _write_reference(self, node, value):
        if not value:
            node.set("eval", "False")
        elif value._name.startswith("sync."):
            node.set("ref", self._xml_ids.of(value))
        elif find_xml_id(value):
            node.set("ref", find_xml_id(value))
        else:
            _write_search(node, value)


# Fields whose text is a file of its own in a module.
CODE_FIELDS = ("code", "common_code")


def _write_search(node, records):
    """Name records that have no XML id, or have many, by what they are known by."""
    if records._name == "ir.model.fields":
        names = sorted(records.mapped("name"))
        domain = [("model", "=", records[0].model), ("name", "in", names)]
    elif records._name == "ir.model":
        domain = [("model", "=", records.model)]
    else:
        domain = [("name", "=", records.with_context(lang=None).name)]
    node.set("search", ascii(domain))


def _write_text(node, text, with_cdata):
    """Write a text as it is: parsers would change some in CDATA, and cannot read all."""
    try:
        cdata = with_cdata and text and "]]>" not in text and "\r" not in text
        node.text = etree.CDATA(text) if cdata else text
    except ValueError:
        node.set("eval", ascii(text))


def _comment(text):
    """Return a comment (bytes); two hyphens would end it."""
    while "--" in text:
        text = text.replace("--", "- -")
    return b"<!-- %s -->" % text.encode("utf-8", "xmlcharrefreplace")
