"""Agreements with partners, and institutions that join under them and leave (domain.md 4.2)."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from stdnum import bic as bic_numbers
from stdnum import iban as iban_numbers

from backend.accounts.commands import by_key, command, locked, touch
from backend.accounts.permissions import Place, require, require_at
from backend.accounts.roles import Act, Area
from backend.accounts.scope import Scope
from backend.core import inputs
from backend.core.refusals import Code, Problems, refuse
from backend.core.trail.context import reason_noted
from backend.registry.leaving import objections
from backend.registry.models import CooperationAgreement, InstitutionParticipation, PartnerAccount
from backend.territory.models import EligibleKind, Institution, Municipality, Programme
from backend.territory.selectors import in_force

NO_INSTITUTION = _("There is no such institution. Check the id.")
_FARTHEST = dt.timedelta(days=366)


@command("signAgreement", answer=by_key(CooperationAgreement))
def sign_agreement(
    *,
    scope: Scope,
    number: str,
    signed_on: dt.date,
    municipality_id: UUID | None = None,
    institution_id: UUID | None = None,
    ends_on: dt.date | None = None,
    account_holder: str = "",
    iban: str = "",
    bic: str = "",
    client_mutation_id: str = "",
) -> CooperationAgreement:
    """Record an agreement of the agency with one partner: a municipality, or a state institution (domain.md 0, 4.2).

    The partner's account for payments holds from the day of signature. Raises Refusal: NOT_ALLOWED (the agency alone; an
    account takes the right to write money), REQUIRED and INVALID of the inputs, NOT_FOUND of the partner, UNMET_CONDITION (a
    municipality's institution has no agreement of its own), OUT_OF_PERIOD (outside the programme), DUPLICATE of the number.
    """
    require_at(scope=scope, act=Act.SIGN_AGREEMENT, place=Place())
    problems = Problems()
    named = inputs.line(problems, number, "number", longest=60)
    programme = _programme(problems, signed_on, today=scope.on)
    if ends_on is not None and ends_on < signed_on:
        problems.add(Code.INVALID, _("The last day lies before the first."), "ends_on")
    _check_partner(problems, municipality_id, institution_id)
    account = _account(problems, scope, account_holder, iban, bic)
    if named and programme and CooperationAgreement.objects.filter(programme=programme, number=named).exists():
        message = _("An agreement of the programme has this number already. Check the number.")
        problems.add(Code.DUPLICATE, message, "number")
    problems.refuse()
    assert programme is not None  # noqa: S101 (its absence is a problem, refused above)
    agreement = CooperationAgreement(
        programme=programme,
        number=named,
        signed_on=signed_on,
        ends_on=ends_on,
        municipality_id=municipality_id,
        institution_id=institution_id,
    )
    agreement.save(force_insert=True)
    if account is not None:
        account.agreement, account.valid_from, account.valid_to = agreement, signed_on, ends_on
        account.save(force_insert=True)
    return agreement


@command("joinInstitution", answer=by_key(InstitutionParticipation))
def join_institution(
    *, scope: Scope, institution_id: UUID, agreement_id: UUID, joined_on: dt.date, client_mutation_id: str = ""
) -> InstitutionParticipation:
    """Let one institution take part from a day on: under its municipality's agreement, a state institution under its own.

    Raises Refusal: NOT_FOUND, NOT_ALLOWED, UNMET_CONDITION (another partner's agreement; a kind of institution that may not
    take part yet), OUT_OF_PERIOD (outside the agreement), DUPLICATE (it takes part already).
    """
    institution = Institution.objects.select_related("municipality").filter(pk=institution_id).first()
    if institution is None:
        refuse(Code.NOT_FOUND, NO_INSTITUTION, "institution_id")
    require(scope=scope, act=Act.JOIN_INSTITUTION, institution_id=institution_id, field="institution_id")
    agreement = CooperationAgreement.objects.select_related("municipality").filter(pk=agreement_id).first()
    if agreement is None:
        refuse(Code.NOT_FOUND, _("There is no such agreement. Check the id, or have it signed first."), "agreement_id")
    problems = Problems()
    inputs.date(problems, joined_on, "joined_on")
    problems.refuse()
    if not _partners(agreement, institution):
        message = _("It is another partner's. A municipality's institutions join under its agreement, a state one under its own.")
        problems.add(Code.UNMET_CONDITION, message, "agreement_id")
    if joined_on < agreement.signed_on or (agreement.ends_on is not None and joined_on > agreement.ends_on):
        problems.add(Code.OUT_OF_PERIOD, _("The agreement is not in force on that day. Check the first day."), "joined_on")
    if not EligibleKind.objects.filter(in_force(joined_on), programme_id=agreement.programme_id, kind=institution.kind).exists():
        message = _("Institutions of this kind may not take part on that day. See the programme's terms.")
        problems.add(Code.UNMET_CONDITION, message, "institution_id")
    standing = InstitutionParticipation.objects.filter(institution_id=institution_id).exclude(left_on__lt=joined_on)
    if standing.exists():
        problems.add(Code.DUPLICATE, _("The institution takes part in this period already. End that part first."), "joined_on")
    problems.refuse()
    participation = InstitutionParticipation(agreement=agreement, institution=institution, joined_on=joined_on)
    participation.save(force_insert=True)
    return participation


@command("leaveInstitution", answer=by_key(InstitutionParticipation))
def leave_institution(
    *,
    scope: Scope,
    participation_id: UUID,
    left_on: dt.date,
    reason: str = "",
    expected_version: int | None = None,
    client_mutation_id: str = "",
) -> InstitutionParticipation:
    """End an institution's part on its last day; the reason goes into the trail.

    Raises Refusal: NOT_FOUND, CONFLICT (another version), NOT_ALLOWED, LOCKED (it has left), OUT_OF_PERIOD, INVALID, and
    UNMET_CONDITION for plans that run beyond the day.
    """
    rows = InstitutionParticipation.objects.all()
    participation = locked(rows, pk=participation_id, expected_version=expected_version, field="participation_id")
    require(scope=scope, act=Act.LEAVE_INSTITUTION, institution_id=participation.institution_id, field="participation_id")
    if participation.left_on is not None:
        refuse(Code.LOCKED, _("The institution has left already. Let it join anew."), "participation_id")
    problems = Problems()
    why = inputs.line(problems, reason, "reason", longest=500, required=False)
    inputs.date(problems, left_on, "left_on")
    problems.refuse()
    if left_on < participation.joined_on:
        problems.add(Code.OUT_OF_PERIOD, _("The last day lies before the first."), "left_on")
    elif left_on > scope.on + _FARTHEST:
        problems.add(Code.OUT_OF_PERIOD, _("The last day lies more than a year ahead. Check the year."), "left_on")
    problems.extend(objections(scope=scope, institution_id=participation.institution_id, left_on=left_on))
    problems.refuse()
    participation.left_on = left_on
    with reason_noted(why):
        participation.save(update_fields=["left_on"])
        touch(participation)
    return participation


def _programme(problems: Problems, signed_on: dt.date, *, today: dt.date) -> Programme | None:
    inputs.date(problems, signed_on, "signed_on")
    if signed_on > today:
        problems.add(Code.OUT_OF_PERIOD, _("The day of signature lies in the future. Record it when it is signed."), "signed_on")
        return None
    found = Programme.objects.filter(starts_on__lte=signed_on, ends_on__gte=signed_on).order_by("-starts_on").first()
    if found is None and not problems:
        problems.add(Code.OUT_OF_PERIOD, _("No programme runs on that day. Check the year."), "signed_on")
    return found


def _check_partner(problems: Problems, municipality_id: UUID | None, institution_id: UUID | None) -> None:
    if (municipality_id is None) == (institution_id is None):
        message = _("Name one partner: a municipality, or a state institution.")
        problems.add(Code.REQUIRED if municipality_id is None else Code.INVALID, message, "municipality_id")
        return
    if municipality_id is not None and not Municipality.objects.filter(pk=municipality_id).exists():
        problems.add(Code.NOT_FOUND, _("There is no such municipality. Check the id."), "municipality_id")
    if institution_id is not None:
        institution = Institution.objects.filter(pk=institution_id).first()
        if institution is None:
            problems.add(Code.NOT_FOUND, NO_INSTITUTION, "institution_id")
        elif not institution.is_state:
            message = _("A municipality's institution joins under the municipality's agreement. Let it join there.")
            problems.add(Code.UNMET_CONDITION, message, "institution_id")


def _account(problems: Problems, scope: Scope, holder: str, iban: str, bic: str) -> PartnerAccount | None:
    """The partner's account, checked; None where none was given."""
    if not (holder or iban or bic):
        return None
    if not scope.writing(Area.MONEY):
        problems.add(Code.NOT_ALLOWED, _("An account for payments takes the right to write money."), "iban")
    name = inputs.line(problems, holder, "account_holder", longest=140)
    number = iban.replace(" ", "").upper()
    if not iban_numbers.is_valid(number):
        problems.add(Code.INVALID, _("This is no IBAN. Check it against the bank's letter."), "iban")
    bank = bic.replace(" ", "").upper()
    if bank and not bic_numbers.is_valid(bank):
        problems.add(Code.INVALID, _("This is no BIC. Check it against the bank's letter."), "bic")
    return PartnerAccount(holder=name, iban=number, bic=bank)


def _partners(agreement: CooperationAgreement, institution: Institution) -> bool:
    """Whether the agreement is the institution's own or, for a municipality's institution, its municipality's.

    A municipality that was merged handed its agreements on: predecessors' count as far as successors lead.
    """
    if institution.is_state or agreement.municipality_id is None:
        return agreement.institution_id == institution.pk
    reached: set[UUID] = set()
    place: Municipality | None = agreement.municipality
    while place is not None and place.pk not in reached:
        reached.add(place.pk)
        place = place.successor
    here: Municipality | None = institution.municipality
    seen: set[UUID] = set()
    while here is not None and here.pk not in seen:
        if here.pk in reached:
            return True
        seen.add(here.pk)
        here = here.successor
    return False
