# What both tasks of this project share.

PARTNER_REL = "odoo2odoo_partner"
IMAGE_FIELD = "image_1920"
BATCH = 10  # partners per call to the external Odoo: images may be large
ONE_SECOND = datetime.timedelta(seconds=1)


def batches(items):
    """Yield the items in groups of at most BATCH."""
    for start in range(0, len(items), BATCH):
        yield items[start : start + BATCH]


def partner2vals(partner):
    """What the copy of a partner gets: an address may have no name of its own."""
    image = partner[IMAGE_FIELD]
    return {
        "name": partner.name or partner.display_name,
        IMAGE_FIELD: image and image.decode(),
    }


def parse_date(text):
    """Turn a date of the external Odoo into a datetime."""
    return datetime.datetime.strptime(text, DEFAULT_SERVER_DATETIME_FORMAT)


def look_again(changed):
    """Return the sync date to save for a copy that changed at the time ``changed``.

    The external Odoo tells whole seconds only, so a second change within the same
    second would go unnoticed. With one second less the next run looks at the copy once
    more; when it finds nothing new, it saves the date as it is.
    """
    return changed - ONE_SECOND
