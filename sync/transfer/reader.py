# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""Read data files and zipped modules: what they say, and in which line. No ORM."""

import ast
import io
import posixpath
import zipfile
from collections import namedtuple

from lxml import etree

from odoo import _

from ..exceptions import SyncError

MANIFESTS = ("__manifest__.py", "__openerp__.py")
MOST_FILES = 2000
LARGEST = 50 * 1024 * 1024  # bytes of all files of a zip
LARGEST_DATA_FILE = 20 * 1024 * 1024  # bytes

# module: str or None for a file alone. records: list of Record
Package = namedtuple("Package", "module records")
# fields: dict of Value by names
Record = namedtuple("Record", "model xml_id fields line file")
# kind: "text", "eval", "ref" or "search"; data: str
Value = namedtuple("Value", "kind data line")


class UnreadableFile(SyncError):
    """The file is not what it should be; the text tells where and why."""


def read(content, file_name):
    """Return the Package in a file.

    :param bytes content: a data file, or the zip file of a module
    :raises UnreadableFile: it is neither, or it has what no project consists of
    """
    if zipfile.is_zipfile(io.BytesIO(content)):
        return _read_zip(content)
    return Package(None, _read_data(content, file_name or "data.xml", {}))


def _read_zip(content):
    files = _unpack(content)
    manifests = [path for path in files if posixpath.basename(path) in MANIFESTS]
    if not manifests:
        raise UnreadableFile(
            _("The zip file holds no module: there is no __manifest__.py in it.")
        )
    path = min(manifests, key=lambda path: (path.count("/"), path))
    folder = posixpath.dirname(path)
    if not folder:
        raise UnreadableFile(
            _(
                "The zip file has to hold the folder of the module, not its content "
                "alone: the name of the folder is that of the module."
            )
        )
    names = _data_files(files[path], path)
    records = []
    for name in names:
        data_path = "%s/%s" % (folder, name)
        if data_path not in files:
            raise UnreadableFile(_("%s names %s, which is missing.") % (path, name))
        if name.endswith(".xml"):
            records += _read_data(files[data_path], data_path, files)
    return Package(posixpath.basename(folder), records)


def _unpack(content):
    """Return the contents (bytes) by their paths."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = [entry for entry in archive.infolist() if not entry.is_dir()]
            size = sum(entry.file_size for entry in entries)
            if len(entries) > MOST_FILES or size > LARGEST:
                raise UnreadableFile(
                    _("The zip file is too large for a module: %s files, %s MB.")
                    % (len(entries), size // 2**20)
                )
            return {entry.filename: archive.read(entry) for entry in entries}
    except (zipfile.BadZipFile, RuntimeError, EOFError, OSError) as error:
        raise UnreadableFile(_("The zip file is damaged: %s") % error) from error


def _data_files(manifest, path):
    """Return the names of the data files, those with demo data last."""
    try:
        values = ast.literal_eval(manifest.decode())
        names = list(values.get("data", [])) + list(values.get("demo", []))
        if not all(isinstance(name, str) for name in names):
            raise ValueError(_("names of files are texts"))
    except (ValueError, SyntaxError, AttributeError, TypeError) as error:
        raise UnreadableFile(_("%s is no manifest: %s") % (path, error)) from error
    return names


def _read_data(content, name, files):
    """Return the Records of a data file.

    :param dict files: contents by paths, of the module that it is part of
    """
    if len(content) > LARGEST_DATA_FILE:
        raise UnreadableFile(_("%s is too large for a data file.") % name)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise UnreadableFile(_("%s is no XML file: %s") % (name, error)) from error
    if root.tag not in ("odoo", "openerp"):
        raise UnreadableFile(
            _("%s is no data file of Odoo: it begins with <%s> instead of <odoo>.")
            % (name, root.tag)
        )
    return list(_records(root, name, files))


def _records(parent, name, files):
    for node in parent.iterchildren(tag=etree.Element):
        if node.tag == "data":
            yield from _records(node, name, files)
        elif node.tag == "record":
            yield _record(node, name, files)
        else:
            raise UnreadableFile(
                _("%s, line %s: <%s> cannot be imported, only <record>.")
                % (name, node.sourceline, node.tag)
            )


def _record(node, name, files):
    place = (name, node.sourceline)
    model, xml_id = node.get("model"), node.get("id")
    if not (model and xml_id):
        raise UnreadableFile(_("%s, line %s: a record has a model and an id.") % place)
    fields = {}
    for child in node.iterchildren(tag=etree.Element):
        if child.tag != "field" or not child.get("name"):
            raise UnreadableFile(
                _("%s, line %s: a record consists of <field name=...>.")
                % (name, child.sourceline)
            )
        fields[child.get("name")] = _value(child, name, files)
    return Record(model, xml_id, fields, node.sourceline, name)


def _value(node, name, files):
    line = node.sourceline
    # An empty expression counts for nothing, as in Odoo.
    for kind in ("search", "ref", "eval"):
        if node.get(kind):
            return Value(kind, node.get(kind), line)
    path = node.get("file")
    if path:
        if path not in files:
            raise UnreadableFile(
                _("%s, line %s: the file %s is missing.") % (name, line, path)
            )
        try:
            return Value("text", files[path].decode(), line)
        except UnicodeDecodeError as error:
            raise UnreadableFile(
                _("%s, line %s: %s is no text (UTF-8).") % (name, line, path)
            ) from error
    if len(node):
        raise UnreadableFile(
            _("%s, line %s: the value of a field is a text.") % (name, line)
        )
    return Value("text", node.text or "", line)
