"""What work of asset preservation says: since when a debtor is bad, until when an asset is to be sold."""

from django.utils.translation import gettext_lazy as _

from postloan.desk.core.work.told import register_told

register_told("HANDOVER", _("%s 进入不良"))
register_told("ASSET", _("处置期限 %s"))
