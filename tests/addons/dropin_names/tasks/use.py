# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
SYSTEMS = {"github": "7", "trello": "x1"}


def handle_button():
    result = {
        "function of the environment": bool(env.context["log_function"]),
        "no such param": failure(no_such_param),
        "private": failure(private),
        "getattr": [getattr(user, name) for name in ("login", "nope")],
        "default": getattr(user, "nope", 7),
        "json": json.loads(json.dumps([1])),
        "time": time.strftime("%Y", time.strptime("2021-05", "%Y-%m")),
        "datetime": datetime_text(),
        "timezone": timezone("Europe/Brussels").zone,
        "base64": b64decode(b64encode(b"abc")).decode("ascii"),
        "url2base64": [
            b64decode(url2base64(params.PICTURE_URL)).decode("ascii"),
            url2base64(params.NOTHING),
        ],
        "html2plaintext": html2plaintext("<p>One</p><p>Two</p>").split(),
        "get_lang": get_lang(env, "en_US").code,
        "type2str": type2str(1),
        "links": links(),
        "external": external(),
        "setattr": set_fields(email="set@example.com"),
    }
    log(json.dumps(result), name="result")
    log("A warning", LOG_WARNING)
    log_transmission("The other side", "data")
    add_job("sub_job", priority=3, description="By name")("by name", number=1)
    add_job(sub_job)("by function", number=2)


def failure(function):
    try:
        return function("_private")
    except Exception as err:
        return type2str(err)


def no_such_param(name):
    return params.NO_SUCH_PARAM


def private(name):
    return getattr(env, name)


def datetime_text():
    date = datetime.datetime(2021, 5, 1) + dateutil.relativedelta.relativedelta(days=1)
    return date.strftime(DEFAULT_SERVER_DATETIME_FORMAT)


def links():
    link = set_link("dropin_names", SYSTEMS, sync_date=None, allow_many2many=False)
    same = get_link("dropin_names", {"github": 7, "trello": None})
    found = search_links("dropin_names", {"github": ["7"], "trello": None})
    texts_of = [link.get("trello"), found.get("github"), link == same == found]
    link.update_links()
    link.unlink()
    return texts_of


def external():
    source = {
        "system": "github",
        "get_ref": lambda item: item,
        "create": lambda item: "card-%s" % item,
        "update": lambda ref, item: env.context["log_function"](ref, name="updated"),
    }
    to = {"system": "trello"}
    sync_external([1, 2], "dropin_names_external", source, to, create=True)
    sync_external([1, 2], "dropin_names_external", source, to, update=True)
    all_links = search_links("dropin_names_external", {"github": None, "trello": None})
    cards = sorted(all_links.get("trello"))
    all_links.unlink()
    return cards


def set_fields(**values):
    partner = env["res.partner"].create({"name": "Set"})
    for name in values:
        setattr(partner, name, values[name])
    return partner.email


def sub_job(text, number=0):
    log("%s %s %s" % (trigger, text, number), name="sub_job")
