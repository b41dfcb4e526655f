# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""The runs of the last 24 hours, hour by hour, as the bars of a small chart."""

from datetime import timedelta

from odoo import _, fields

HOURS = 24
# The hour a job was made in, counted from the beginning of the chart. A job of this
# very moment may be younger than what the server took for now.
HOUR = "LEAST(23, floor(extract(epoch FROM create_date - %(since)s) / 3600)::integer)"


def day_ago():
    """Give the moment (datetime, UTC) that charts and figures begin with."""
    return fields.Datetime.now() - timedelta(hours=HOURS)


def run_chart(env, since, counts):
    """Give a bar for each hour.

    :param env: of whoever looks at it: the hours are those of their time zone
    :param dict counts: {hour: (runs, failures)}; hours without runs may be left out
    :return: list of dicts: ``title``, and the heights in percent of the highest bar:
        ``good`` and ``failed``
    """
    highest = max([runs for runs, _failures in counts.values()], default=0) or 1
    users = env["res.users"]
    bars = []
    for hour in range(HOURS):
        runs, failures = counts.get(hour, (0, 0))
        start, end = (
            # Each by itself: the clocks may change in between.
            fields.Datetime.context_timestamp(users, since + timedelta(hours=hours))
            for hours in (hour, hour + 1)
        )
        title = _("%(start)s to %(end)s: %(runs)s runs, %(failures)s failed") % {
            "start": start.strftime("%H:%M"),
            "end": end.strftime("%H:%M"),
            "runs": runs,
            "failures": failures,
        }
        bars.append(
            {
                "title": title,
                "good": _percent(runs - failures, highest),
                "failed": _percent(failures, highest),
            }
        )
    return bars


def _percent(part, whole):
    return round(100 * part / whole, 1)
