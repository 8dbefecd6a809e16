from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from backend.core.database.policies import RowPolicy, reads, writes
from backend.core.refusals import Code, Problem
from backend.core.trail.declarations import Audited

_READS_MONEY = "(select nullif(current_setting('app.reads_money', true), '')) is not null"
_WRITES_MONEY = "(select nullif(current_setting('app.writes_money', true), '')) is not null"


class RegistryConfig(AppConfig):
    name = "backend.registry"
    label = "registry"
    verbose_name = "Registry"

    row_security = [
        # Contracts matter for the hours that are paid: the room of delivery.
        RowPolicy(
            "registry_staffcontract", using=reads("delivery", "institution_id"), write=writes("delivery", "institution_id")
        ),
        # Names no person and no institution: for whoever works with money.
        RowPolicy("registry_partneraccount", using=_READS_MONEY, write=_WRITES_MONEY),
    ]
    audited = [
        Audited("registry.CooperationAgreement"),
        Audited("registry.InstitutionParticipation"),
        Audited("registry.PartnerAccount"),
        Audited("registry.StaffContract"),
        Audited("registry.Tariff"),
        Audited("registry.ApprovalTier"),
        Audited("registry.IncompatibleRoles"),
        Audited("registry.Deadline"),
    ]
    constraint_answers = {
        "tariff_no_overlap": Problem(
            Code.CONFLICT, _("Another version of this tariff holds in this period. End that one first."), "valid_from"
        ),
        "tariff_no_overlap_of_institution": Problem(
            Code.CONFLICT, _("Another version of this tariff holds in this period. End that one first."), "valid_from"
        ),
    }
