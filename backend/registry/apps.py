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
        Audited("registry.RiskFactor"),
        Audited("registry.MeasureKind"),
        Audited("registry.Position"),
        Audited("registry.OutcomeTheme"),
        Audited("registry.InterruptionGround"),
    ]
    constraint_answers = {
        **{
            f"{name}_one_at_a_time": Problem(
                Code.CONFLICT, _("Another version of this value holds in this period. End that one first."), "valid_from"
            )
            for name in (
                "risk_factor",
                "measure_kind",
                "position",
                "outcome_theme",
                "interruption_ground",
                "deadline",
                "approval_tier",
                "incompatible_roles",
                "target_group",
            )
        },
        "reference_semester_closed": Problem(
            Code.LOCKED,
            _("The first day lies in or before a closed semester. Choose a later day, or reopen the semester."),
            "valid_from",
        ),
        "agreement_number": Problem(
            Code.DUPLICATE, _("An agreement of the programme has this number already. Check the number."), "number"
        ),
        "participation_once_at_a_time": Problem(
            Code.CONFLICT, _("The institution takes part in this period already. End that part first."), "joined_on"
        ),
        "partner_account_iban": Problem(Code.INVALID, _("This is no IBAN. Check it against the bank's letter."), "iban"),
        "contract_one_a_position": Problem(
            Code.CONFLICT, _("The person has a contract for this position in this period already."), "position_code"
        ),
        "tariff_no_overlap": Problem(
            Code.CONFLICT, _("Another version of this tariff holds in this period. End that one first."), "valid_from"
        ),
        "tariff_no_overlap_of_institution": Problem(
            Code.CONFLICT, _("Another version of this tariff holds in this period. End that one first."), "valid_from"
        ),
    }
