# Sync Local Partners To Remote Odoo: copy our partners to the external Odoo.


def handle_db(records):
    """LOCAL_PARTNER_CREATED: copy the new partners."""
    for partners in batches(records):
        create_external_partners(partners)


def handle_button():
    """PUSH_ALL_LOCAL_PARTNERS: copy all partners that have no copy yet."""
    partners = env["res.partner"].search([])
    partners -= partners.search_links(PARTNER_REL).odoo
    for group in batches(partners):
        add_job("create_external_partners")(group, texts.UPLOAD_ALL_PARTNER_PREFIX)
    log("Partners to copy: %s" % len(partners))


def create_external_partners(partners, name_prefix=""):
    """Copy partners that have no copy yet, and link them with their copies."""
    partners = partners.exists()
    partners -= partners.search_links(PARTNER_REL).odoo
    if not partners:
        return
    ids = import_partners(partners, name_prefix)
    copies = odoo_execute_kw("res.partner", "read", ids, ["write_date"])
    dates = {copy["id"]: parse_date(copy["write_date"]) for copy in copies}
    for partner, copy_id in zip(partners, ids):
        partner.set_link(PARTNER_REL, copy_id, sync_date=look_again(dates[copy_id]))
        log("Partner %s is copied as %s" % (partner.id, copy_id))


def import_partners(partners, name_prefix):
    """Create the copies of partners in one call; return their ids, in the same order.

    ``load`` is Odoo's own import. It knows a record by its external id: when this job
    is tried again after the answer got lost, it finds the copies instead of making
    second ones.
    """
    rows = []
    for partner in partners:
        vals = partner2vals(partner)
        name = (name_prefix or "") + vals["name"]
        rows.append([odoo_external_id(partner), name, vals[IMAGE_FIELD] or ""])
    result = odoo_execute_kw("res.partner", "load", ["id", "name", IMAGE_FIELD], rows)
    if not result["ids"]:
        raise UserError(refusal(partners, result["messages"]))
    return result["ids"]


def refusal(partners, messages):
    """Tell which partners the external Odoo refuses, and why."""
    lines = ["The external Odoo refuses some partners:"]
    for message in messages:
        if message["type"] == "error":
            name = partners[message["record"]].display_name
            lines.append("%s: %s" % (name, message["message"]))
    return "\n".join(lines)
