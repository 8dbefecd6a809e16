"""Agreements with partners, who joined under them, where partners are paid, and what is paid for."""

from __future__ import annotations

from backend.registry import selectors
from backend.registry.models import (
    CapPeriod,
    CooperationAgreement,
    InstitutionParticipation,
    MeasureCategory,
    PartnerAccount,
    Tariff,
    TariffUnit,
)
from backend.registry.policies import PARTNER_ACCOUNTS
from graphql_schema.cases.shared import ID, PROGRAMME, SOURCE, VALID_ON, VALIDITY, VERSION, day_filters, place_filters
from graphql_schema.engine.declarations import Children, Column, Filter, FilterKind, ObjectType, Order, Relation, Search

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
