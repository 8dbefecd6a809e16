"""Agreements with partners, who joined under them, where partners are paid, and what is paid for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import strawberry

from backend.accounts.scope import Scope
from backend.cases.reimbursements import previews
from backend.core.models import SourceStatus
from backend.registry import selectors
from backend.registry.models import (
    CapPeriod,
    CooperationAgreement,
    InstitutionParticipation,
    MeasureCategory,
    MeasureKind,
    PartnerAccount,
    Tariff,
    TariffUnit,
)
from backend.registry.policies import PARTNER_ACCOUNTS
from backend.registry.services import agreements, tariffs
from backend.territory.models import Institution, Municipality
from graphql_schema.cases.shared import (
    ID,
    PREVIEW_ONLY,
    PROGRAMME,
    SOURCE,
    VALID_ON,
    VALIDITY,
    VERSION,
    day_filters,
    place_filters,
)
from graphql_schema.engine.commands import Amount, Beside, Choice, Key, Mutation, Named, Plain
from graphql_schema.engine.declarations import Children, Column, Filter, FilterKind, ObjectType, Order, Relation, Search
from graphql_schema.engine.kinds import two_places

AGREEMENT = ObjectType(
    name="CooperationAgreement",
    plural="agreements",
    description="Cooperation agreement (sadarbības līgums) of the agency with a partner: a municipality, or a state institution.",
    needs="registry.read",
    model=CooperationAgreement,
    select=lambda scope: selectors.agreements(scope=scope),
    open_to_all=True,
    order=("-signed_on", "id"),
    orders=(
        Order(name="NUMBER", columns=("number",), description="By number."),
        Order(name="SIGNED_ON", columns=("signed_on",), description="By day of signature."),
    ),
    filters=(
        *(
            item
            for item in place_filters(institution=("institution",), municipality=("",), region=("",), through="participations")
            if item.name.startswith("institution")
        ),
        *place_filters(
            municipality=("municipality", "institution__municipality"),
            region=("municipality__region", "institution__municipality__region"),
        ),
        Filter(name="number", lookup="number", description="By number."),
        Filter(
            name="validOn", lookup="signed_on", until="ends_on", kind=FilterKind.VALID_ON, description="In force on this day."
        ),
        *day_filters("signed", "signed_on", first="Signed on this day or later.", last="Signed on this day or earlier."),
    ),
    search=Search(columns=("number", "municipality__name_lv", "institution__name_lv")),
    fields=(
        ID,
        VERSION,
        PROGRAMME,
        Column(name="number", description="Number; null where the source gives the date only."),
        Column(name="signedOn", description="Day of signature."),
        Column(name="endsOn", description="Last day; null while it goes on."),
        Relation(name="municipality", to="Municipality", description="The municipality, where it is the partner."),
        Relation(name="institution", to="Institution", description="The state institution, where it is the partner."),
        Children(
            name="participations",
            to="InstitutionParticipation",
            via="agreement",
            description="Institutions that joined under it.",
        ),
        Children(name="accounts", to="PartnerAccount", via="agreement", description="The partner's accounts for payments."),
        *SOURCE,
    ),
)

PARTICIPATION = ObjectType(
    name="InstitutionParticipation",
    description="The period in which an institution takes part under an agreement (iesaistīšanās), both days included.",
    needs="registry.read",
    model=InstitutionParticipation,
    select=lambda scope: selectors.participations(scope=scope),
    open_to_all=True,
    order=("joined_on", "id"),
    fields=(
        ID,
        VERSION,
        Relation(name="agreement", to="CooperationAgreement", description="The agreement."),
        Relation(name="institution", to="Institution", description="The institution."),
        Column(name="joinedOn", description="First day."),
        Column(name="leftOn", description="Last day; null while it goes on."),
        *SOURCE,
    ),
)

PARTNER_ACCOUNT = ObjectType(
    name="PartnerAccount",
    description="A partner's bank account that payments go to, by date.",
    needs="money.read",
    model=PartnerAccount,
    select=lambda scope: selectors.partner_accounts(scope=scope),
    policy=PARTNER_ACCOUNTS,
    order=("-valid_from", "id"),
    fields=(
        ID,
        VERSION,
        Relation(name="agreement", to="CooperationAgreement", description="The agreement."),
        Column(name="holder", description="Whose account it is, as the bank has it."),
        Column(name="iban", description="IBAN."),
        Column(name="bic", description="BIC."),
        *VALIDITY,
    ),
)

TARIFF = ObjectType(
    name="Tariff",
    plural="tariffs",
    description=(
        "A rate, or a limit, for a kind of measure in a period (tarifs). "
        "A change is a new row that begins where the old one ends."
    ),
    needs="registry.read",
    model=Tariff,
    select=lambda scope: selectors.tariffs(scope=scope),
    open_to_all=True,
    order=("kind_code", "valid_from", "id"),
    orders=(
        Order(name="KIND_CODE", columns=("kind_code",), description="By the code of the kind of measure."),
        Order(name="VALID_FROM", columns=("valid_from",), description="By the first day of validity."),
    ),
    filters=(
        Filter(name="kindCode", lookup="kind_code", description="By the code of the kind of measure, such as CATERING."),
        Filter(
            name="category", lookup="category", kind=FilterKind.CHOICES, enum=MeasureCategory, description="Of these categories."
        ),
        VALID_ON,
    ),
    fields=(
        ID,
        VERSION,
        PROGRAMME,
        Relation(name="institution", to="Institution", description="The institution whose price list it is; null: everywhere."),
        Column(name="category", enum=MeasureCategory, description="Category of measure."),
        Column(name="kindCode", description="Code of the kind of measure, such as CATERING."),
        Column(name="unit", enum=TariffUnit, description="What the rate is for."),
        Column(name="rate", description="Euro for one unit, two decimals; null where only a limit is set."),
        Column(name="cap", description="Most euro a learner may receive in the limit's period, two decimals; null: no limit."),
        Column(name="capPeriod", enum=CapPeriod, description="Period of the limit."),
        *VALIDITY,
        *SOURCE,
    ),
)

TYPES = (AGREEMENT, PARTICIPATION, PARTNER_ACCOUNT, TARIFF)

SIGN_AGREEMENT = Mutation(
    name="signAgreement",
    description="Record an agreement with a partner: a municipality, or a state institution. Give one of the two.",
    needs="registry.write",
    service=agreements.sign_agreement,
    to="CooperationAgreement",
    inputs=(
        Named(name="municipality", model=Municipality, description="The municipality that is the partner."),
        Named(name="institution", model=Institution, description="The state institution that is the partner."),
        Plain(name="number", required=True, description="Number, once in a programme."),
        Plain(name="signedOn", kind=dt.date, required=True, description="Day of signature."),
        Plain(name="endsOn", kind=dt.date, description="Last day, where it is agreed."),
        Plain(name="accountHolder", description="The partner's account for payments: holder."),
        Plain(name="iban", description="The partner's account for payments: IBAN."),
        Plain(name="bic", description="The partner's account for payments: BIC."),
    ),
)

JOIN_INSTITUTION = Mutation(
    name="joinInstitution",
    description="Let an institution take part, under its municipality's agreement or its own.",
    needs="registry.write",
    service=agreements.join_institution,
    to="InstitutionParticipation",
    inputs=(
        Named(name="institution", model=Institution, required=True, description="The institution."),
        Key(name="agreementId", tag=CooperationAgreement.tag, required=True, description="The agreement."),
        Plain(name="joinedOn", kind=dt.date, required=True, description="First day."),
    ),
)

LEAVE_INSTITUTION = Mutation(
    name="leaveInstitution",
    description="End an institution's part. Plans that run beyond the day stand against it.",
    needs="registry.write",
    service=agreements.leave_institution,
    to="InstitutionParticipation",
    inputs=(
        Key(name="participationId", tag=InstitutionParticipation.tag, required=True, description="The participation."),
        Plain(name="leftOn", kind=dt.date, required=True, description="Last day."),
        Plain(name="reason", description="Why."),
    ),
)


@strawberry.type(description="What a change of reference data would touch, counted before it is made.")
class ChangePreview:
    """As the schema shows `previews.ChangePreview`."""

    institutions: int = strawberry.field(description="Institutions it touches.")
    plans: int = strawberry.field(description="Plans not yet closed that it touches.")
    measures: int = strawberry.field(description="Measures it touches.")
    claims: int = strawberry.field(description="Claims not yet paid that it touches.")
    amount_difference: str | None = strawberry.field(
        description="Difference in euro over the planned amounts it touches, two decimals; null where no money is concerned."
    )
    effective_from: dt.date = strawberry.field(description="The first day on which anything changes.")


def _preview(*, scope: Scope, row: Tariff | None, arguments: Mapping[str, Any]) -> ChangePreview | None:
    """What the tariff of these arguments touches; null for who does not count the whole country."""
    by_id = arguments.get("kind_id")
    kind = MeasureKind.objects.filter(pk=by_id).values_list("code", flat=True).first() if by_id is not None else None
    found = previews.tariff_preview(
        scope=scope,
        kind_code=kind or arguments.get("kind_code", ""),
        unit=arguments["unit"],
        rate=arguments.get("rate"),
        institution_id=arguments.get("institution_id"),
        valid_from=arguments["valid_from"],
        valid_to=arguments.get("valid_to"),
    )
    return shown_preview(found)


def shown_preview(found: previews.ChangePreview | None) -> ChangePreview | None:
    """A count of the domain as the schema shows it."""
    if found is None:
        return None
    difference = found.amount_difference
    return ChangePreview(
        institutions=found.institutions,
        plans=found.plans,
        measures=found.measures,
        claims=found.claims,
        amount_difference=None if difference is None else two_places(difference),
        effective_from=found.effective_from,
    )


SET_TARIFF = Mutation(
    name="setTariff",
    description="Write a rate or a limit: a new row that begins where the old one ends.",
    needs="registry.write",
    service=tariffs.set_tariff,
    to="Tariff",
    inputs=(
        Named(name="kind", model=MeasureKind, code_attr="kind_code", required=True, description="The kind of measure."),
        Amount(name="rate", description="Euro for one unit, two decimals."),
        Choice(name="unit", enum=TariffUnit, required=True, description="What the rate is for."),
        Amount(name="cap", description="Most euro a learner may receive in the limit's period, two decimals."),
        Choice(name="capPeriod", enum=CapPeriod, description="Over what the limit counts."),
        Named(
            name="institution",
            model=Institution,
            description="The institution whose price list it is; none: it holds everywhere.",
        ),
        Plain(name="validFrom", kind=dt.date, required=True, description="First day of validity."),
        Plain(name="validTo", kind=dt.date, description="Last day of validity; null: it goes on."),
        Plain(name="source", description="Where the value comes from."),
        Choice(name="sourceStatus", enum=SourceStatus, description="How sure it is."),
        PREVIEW_ONLY,
    ),
    beside=(Beside(name="preview", description="What the change touches.", kind=ChangePreview, compute=_preview),),
)

MUTATIONS = (SIGN_AGREEMENT, JOIN_INSTITUTION, LEAVE_INSTITUTION, SET_TARIFF)
