# Sync Remote Partners Updates: bring avatar changes of the copies back.


def handle_cron():
    """CHECK_EXTERNAL_ODOO: take over the avatars that changed since the last sync."""
    links = env["res.partner"].all_links(PARTNER_REL)
    if not links:
        log("No partner has a copy on the external Odoo yet")
        return
    link_of = {int(link.external): link for link in links}
    changed = []
    for copy in search_changes(list(link_of), links.sync_date):
        if parse_date(copy["write_date"]) > link_of[copy["id"]].sync_date:
            changed.append(copy["id"])
    for ids in batches(changed):
        fields = [IMAGE_FIELD, "write_date"]
        for copy in odoo_execute_kw("res.partner", "read", ids, fields):
            update_partner(link_of[copy["id"]], copy)
    log("Copies that changed: %s" % len(changed))


def search_changes(ids, oldest_date):
    """Return id and date of the copies that changed since the oldest sync."""
    since = oldest_date.strftime(DEFAULT_SERVER_DATETIME_FORMAT)
    domain = [("id", "in", ids), ("write_date", ">", since)]
    context = {"active_test": False}
    return odoo_execute_kw(
        "res.partner", "search_read", domain, ["write_date"], context=context
    )


def update_partner(link, copy):
    """Take over the avatar of one copy, and remember how new it is."""
    changed = parse_date(copy["write_date"])
    partner = link.odoo.exists()
    if not partner:
        log("The partner of copy %s was deleted here" % link.external, LOG_WARNING)
    elif copy[IMAGE_FIELD] != partner2vals(partner)[IMAGE_FIELD]:
        partner.write({IMAGE_FIELD: copy[IMAGE_FIELD]})
        log("Partner %s has a new avatar" % partner.id)
        changed = look_again(changed)
    link.update_links(changed)
