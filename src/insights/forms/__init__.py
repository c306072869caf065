"""Excel forms for what no CRM holds: written in the reader's language, read back as tables and as the strategy file."""

from insights.forms.sheets import FORMS, FormError

__all__ = ["FORMS", "FormError"]
