# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""What user code calls to link references; the docstrings are shown to users."""


def links(run):
    """Links

    * ``record.set_link(relation_name, ref, sync_date=None, allow_many2many=False)``:
      link a record to its reference in an external system
    * ``records.search_links(relation_name, refs=None)``: the links of records
    * ``env[model].all_links(relation_name)``: the links of all records of a model
    * ``link.odoo``, ``link.external``, ``link.sync_date``: what is linked, and when it
      was synchronised; of several links the records, the list of references (always
      a list: ``links.externals``) and the earliest date
    * ``link.ref(system)``: the reference in a system, of a link between two external
      systems; ``links.get(system)``: the list of them
    * ``links.update_links(sync_date=None)``: set the date, now if you give none
    * ``links.orphans()``: those of the links whose record was deleted
    * ``links.unlink()``, ``len(links)``, ``for link in links`` and the set operations
      ``==``, ``-``, ``|``, ``&``, ``^``
    """

    def set_link(relation_name, refs, sync_date=None, allow_many2many=False):
        """Link a reference of one system to a reference of another; gives the link.

        * ``relation_name``: name that you choose for this kind of links
        * ``refs``: the two references by system, ``{"github": 7, "trello": "x1"}``;
          they are kept as text
        * ``sync_date``: UTC datetime of the synchronisation; now, if you give none
        * ``allow_many2many``: with False it is a ValidationError if either reference
          has another link in this relation

        To set the same link again only moves its sync date. An empty reference
        (None, False or an empty text) is a ValueError.
        """
        return run.env["sync.link"]._set_link_external(
            relation_name, refs, sync_date, allow_many2many
        )

    def search_links(relation_name, refs):
        """Give all links whose references are among the given ones.

        ``refs`` names both systems, with one reference, several, or None for any:
        ``{"github": None, "trello": ["x1", "x2"]}``. An empty list matches nothing.
        """
        return run.env["sync.link"]._search_links_external(relation_name, refs)

    def get_link(relation_name, ref, model=None):
        """Give the one link of a reference, or an empty link set.

        * ``ref``: the external reference of a record, or for two external systems
          a dictionary, ``{"github": 7, "trello": None}``
        * ``model``: needed when records of several models have this reference

        Several links are a ValidationError that names them. No reference at all,
        or an empty one (False or an empty text), is a ValueError.
        """
        return run.env["sync.link"]._get_link(relation_name, ref, model)

    return {"set_link": set_link, "search_links": search_links, "get_link": get_link}
