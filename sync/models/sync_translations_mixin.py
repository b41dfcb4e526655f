# Copyright 2026 Sync Studio contributors
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl.html)
"""All translations of a record as one value, so that they travel in its data file."""

import json

from odoo import _, api, fields, models
from odoo.exceptions import ValidationError

READ_TRANSLATIONS = """
    SELECT res_id, lang, name, value, src
      FROM ir_translation
     WHERE type = 'model' AND name = ANY(%(names)s) AND res_id = ANY(%(ids)s)
       AND lang IS NOT NULL AND value != ''
"""
# The ORM knows active languages only, and would take the only one for the source.
SET_TRANSLATION = """
    INSERT INTO ir_translation (type, lang, name, res_id, value, src, state)
    VALUES ('model', %(lang)s, %(name)s, %(res_id)s, %(value)s, %(src)s, 'translated')
        ON CONFLICT (type, lang, name, res_id) WHERE type = 'model'
        DO UPDATE SET value = EXCLUDED.value, src = EXCLUDED.src, state = EXCLUDED.state
     WHERE %(replace)s OR COALESCE(ir_translation.value, '') = ''
"""
SOURCE_LANGUAGE = "en_US"  # what Odoo keeps in the record itself


class SyncTranslationsMixin(models.AbstractModel):
    """A data file of Odoo holds values of one language only."""

    _name = "sync.translations.mixin"
    _description = "Mixin for translations in data files"

    # What was translated here is not replaced by what a file says.
    _kept_translations = frozenset()

    translations = fields.Text(
        compute="_compute_translations",
        inverse="_inverse_translations",
        help="JSON: values by languages and fields. A text that is translated already "
        "is left as it is.",
    )

    @api.model
    def _translated_fields(self):
        return [name for name, field in self._fields.items() if field.translate is True]

    def _compute_translations(self):
        names = {
            "%s,%s" % (self._name, name): name for name in self._translated_fields()
        }
        self.flush()
        values = {"names": list(names), "ids": self._origin.ids}
        self.env.cr.execute(READ_TRANSLATIONS, values)
        found = {}
        for res_id, lang, name, value, src in self.env.cr.fetchall():
            if (lang, value) != (SOURCE_LANGUAGE, src):
                by_lang = found.setdefault(res_id, {}).setdefault(lang, {})
                by_lang[names[name]] = value
        for record in self:
            values = found.get(record._origin.id)
            record.translations = bool(values) and json.dumps(
                values, ensure_ascii=False, indent=1, sort_keys=True
            )

    def _inverse_translations(self):
        for record in self.filtered("translations"):
            for lang, values in record._parse_translations().items():
                record._translate(lang, values)
        self.invalidate_cache(["translations"], self.ids)  # some may have been kept

    def _parse_translations(self):
        """Return values by languages and fields.

        :raises ValidationError: the text is something else
        """
        known = self._translated_fields()
        try:
            parsed = json.loads(self.translations)
            texts = [
                text
                for values in parsed.values()
                for name, text in values.items()
                if name in known
            ]
            if not all(isinstance(text, str) for text in texts):
                raise ValueError(_("values are texts"))
        except (ValueError, AttributeError) as error:
            raise ValidationError(
                _(
                    "The translations of %s are not readable: %s. Expected is JSON "
                    'like {"fr_FR": {"%s": "..."}}.'
                )
                % (self.display_name, error, known[0])
            ) from error
        return parsed

    def _translate(self, lang, values):
        """Set the values (dict) of fields in a language, which may be inactive."""
        languages = self.env["res.lang"].with_context(active_test=False)
        if not languages.sudo().search_count([("code", "=", lang)]):
            raise ValidationError(
                _("%s is translated to %s, but Odoo knows no such language.")
                % (self.display_name, lang)
            )
        for name in set(self._translated_fields()) & set(values):
            self.env.cr.execute(
                SET_TRANSLATION,
                {
                    "lang": lang,
                    "name": "%s,%s" % (self._name, name),
                    "res_id": self.id,
                    "value": values[name],
                    "src": self.with_context(lang=None)[name] or None,
                    "replace": name not in self._kept_translations,
                },
            )
            self.invalidate_cache([name], self.ids)
