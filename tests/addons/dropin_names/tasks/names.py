# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
# Every name that code starts with; common code and a task both are this file.
NAMES = {
    "env": env,
    "log": log,
    "log_transmission": log_transmission,
    "LOG_DEBUG": LOG_DEBUG,
    "LOG_INFO": LOG_INFO,
    "LOG_WARNING": LOG_WARNING,
    "LOG_ERROR": LOG_ERROR,
    "LOG_CRITICAL": LOG_CRITICAL,
    "params": params,
    "texts": texts,
    "webhooks": webhooks,
    "user": user,
    "trigger": trigger,
    "trigger_name": trigger_name,
    "add_job": add_job,
    "set_link": set_link,
    "search_links": search_links,
    "get_link": get_link,
    "sync_odoo2x": sync_odoo2x,
    "sync_x2odoo": sync_x2odoo,
    "sync_external": sync_external,
    "json": json,
    "time": time,
    "datetime": datetime,
    "dateutil": dateutil,
    "timezone": timezone,
    "b64encode": b64encode,
    "b64decode": b64decode,
    "url2base64": url2base64,
    "html2plaintext": html2plaintext,
    "get_lang": get_lang,
    "type2str": type2str,
    "record2image": record2image,
    "DEFAULT_SERVER_DATETIME_FORMAT": DEFAULT_SERVER_DATETIME_FORMAT,
    "getattr": getattr,
    "setattr": setattr,
    "UserError": UserError,
    "ValidationError": ValidationError,
    "RetryableJobError": RetryableJobError,
    "OSError": OSError,
}
BUILTINS = [bytes, str, unicode, bool, int, float, enumerate, dict, list, tuple, map]
BUILTINS += [abs, min, max, sum, reduce, filter, sorted, round, len, repr, set, all]
BUILTINS += [any, ord, chr, divmod, isinstance, range, xrange, zip, Exception]
log(
    json.dumps(
        {
            "missing": [name for name in NAMES if NAMES[name] is None],
            "constants": {name: NAMES[name] for name in NAMES if name.isupper()},
            "builtins": len(BUILTINS),
            "trigger": [trigger, trigger_name],
            "values": [params.COLOUR, params.NOTHING, texts.GREETING, user.login],
            "webhooks": webhooks.HOOK.split("/website/")[1].split("/")[0],
        }
    ),
    name="names",
)


def handle_button():
    pass
