from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import PRINCIPAL, RowPolicy, reads
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited

_MINE = f"requested_by_id = {PRINCIPAL}"
_OF_MINE = "{parent}_id = any ((select exchange_{parent}s_of_mine())::uuid[])"


class ExchangeConfig(AppConfig):
    name = "backend.exchange"
    label = "exchange"
    verbose_name = "Exchange with partners"

    # Who asked for an import or an export sees it; the institution's staff see imports into it. A webhook is its owner's.
    row_security = [
        RowPolicy(
            "exchange_dataimport",
            using=f"{_MINE} or {reads('learners', 'institution_id')}",
            # The rows of the file go through the services, row by row, under their own policies.
            write=_MINE,
        ),
        RowPolicy(
            "exchange_importproblem",
            using=_OF_MINE.format(parent="import") + f" or {reads('learners', 'institution_id')}",
            write=_OF_MINE.format(parent="import"),
        ),
        RowPolicy("exchange_bulkexport", using=_MINE),
        RowPolicy("exchange_webhook", using=f"owner_id = {PRINCIPAL}"),
        RowPolicy("exchange_webhookdelivery", using=_OF_MINE.format(parent="webhook")),
    ]
    audited = [
        Audited("exchange.DataImport"),
        Audited("exchange.BulkExport"),
        Audited("exchange.Webhook", exclude=("secret_cipher",)),
    ]
    constraint_answers = {
        "import_once": Problem(Code.DUPLICATE, _("This file was imported already, or is being imported."), "file"),
        "webhook_once": Problem(Code.DUPLICATE, _("This address is told already. Change that webhook."), "url"),
    }
