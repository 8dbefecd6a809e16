"""Publishing a release: exact figures in, protected tables out, audited, hashed, frozen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict

from django.db import connection
from django.db.models import Max
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from backend.accounts.commands import by_key, command
from backend.accounts.roles import Area
from backend.accounts.scope import Scope, counting
from backend.core import inputs
from backend.core.clock import business_today, now
from backend.core.refusals import Code, Problems, refuse
from backend.insight.disclosure.profiles import Earlier, Profile
from backend.insight.disclosure.shapes import Table
from backend.insight.statistics.models import Release, ReleaseAudience, ReleaseEvidence, ReleaseTable
from backend.insight.statistics.releases.catalogue import exact_tables
from backend.insight.statistics.releases.stored import earlier_of, evidence_of, hash_of, profile_in_force, public_form

SEES: dict[str, tuple[str, ...]] = {
    ReleaseAudience.PUBLIC: (ReleaseAudience.PUBLIC,),
    ReleaseAudience.PARTNER: (ReleaseAudience.PUBLIC, ReleaseAudience.PARTNER),
    ReleaseAudience.RESEARCH: (ReleaseAudience.PUBLIC, ReleaseAudience.PARTNER, ReleaseAudience.RESEARCH),
}
"""Whose releases an audience holds in its hands. Researchers may work with partners, so theirs count too."""
_ONE_AT_A_TIME = 815_700
"""Key of the lock: two releases made side by side would not know of each other."""


@command("publishRelease", answer=by_key(Release))
def publish_release(
    *,
    scope: Scope,
    audience: str = ReleaseAudience.PUBLIC,
    tables: Sequence[str] = (),
    name_lv: str = "",
    name_en: str = "",
    changes_lv: str = "",
    changes_en: str = "",
    division_on: dt.date | None = None,
    client_mutation_id: str = "",
) -> Release:
    """Publish the declared tables (or those of `tables`) as they are now, over the whole country.

    They are protected by the audience's profile in force, together with all earlier releases that it, or whoever sees this one
    too, holds already. Raises Refusal: NOT_ALLOWED (statistics and plans of the whole country), INVALID (the audience, a table
    that is not declared), REQUIRED (what changed, for the change log), UNMET_CONDITION (no profile in force; what was published
    before gives a cell away).
    """
    if not scope.reaches_whole_state(Area.STATISTICS) or not any(held.whole_state for held in scope.writing(Area.PLANS)):
        message = _("A release takes statistics and plans of the whole country. Ask for a role that has them.")
        refuse(Code.NOT_ALLOWED, message)
    if audience not in SEES:
        refuse(Code.INVALID, _("There is no such audience."), "audience")
    with connection.cursor() as cursor:
        cursor.execute("select pg_advisory_xact_lock(%s)", [_ONE_AT_A_TIME])
    number = (Release.objects.filter(audience=audience).aggregate(last=Max("number"))["last"] or 0) + 1
    problems = Problems()
    said = inputs.paragraphs(problems, changes_lv, "changes_lv", longest=2000, required=number > 1)
    said_en = inputs.paragraphs(problems, changes_en, "changes_en", longest=2000)
    problems.refuse()
    day, moment = division_on or business_today(), now()
    made = _exact(scope, day, tuple(tables))
    profiles = {each: _profile(each, day) for each in SEES}
    release = Release(
        code=f"{audience.lower()}-{number}",
        number=number,
        name_lv=name_lv or f"Laidiens {number}",
        name_en=name_en or f"Release {number}",
        changes_lv=said,
        changes_en=said_en,
        audience=audience,
        known_on=moment,
        division_on=day,
    )
    release.save(force_insert=True)
    _write(release, made, profiles)
    return release


def _exact(scope: Scope, day: dt.date, codes: tuple[str, ...]) -> list[Table]:
    try:
        with counting(scope, stages=True):
            return exact_tables(division_on=day, codes=codes)
    except KeyError as unknown:
        refuse(Code.INVALID, format_lazy(_("There is no table {code}."), code=str(unknown.args[0])), "tables")


def _profile(audience: str, day: dt.date) -> Profile:
    found = profile_in_force(audience, day)
    if found is None:
        wording = _("No profile of protection is in force for this audience on {day}. Add one to the reference data.")
        refuse(Code.UNMET_CONDITION, format_lazy(wording, day=day.isoformat()), "audience")
    return found


def _write(release: Release, tables: list[Table], profiles: dict[str, Profile]) -> None:
    """Protect the tables and keep them; from the last statement on the database lets nothing of it change."""
    from backend.insight.disclosure.complement import ImpossibleError  # loads scipy: not at the start of a server
    from backend.insight.disclosure.protection import View, protect

    own = View(profiles[release.audience], _earlier(SEES[release.audience]))
    others = [View(profiles[audience], _earlier(SEES[audience])) for audience in _who_holds_more(release.audience)]
    try:
        protected = protect(tables=tables, view=own, other_views=others)
    except ImpossibleError as problem:
        wording = _("{number} figures follow from earlier releases whatever is hidden now. Leave out the tables that hold them.")
        refuse(Code.UNMET_CONDITION, format_lazy(wording, number=len(problem.variables)), "tables")
    hashes = []
    for table, shown in zip(protected.tables, protected.shown, strict=True):
        content = public_form(table, shown, own.profile)
        kept = ReleaseTable(
            release=release,
            code=table.code,
            name_lv=table.name_lv,
            name_en=table.name_en,
            cells=content,
            content_hash=hash_of(content),
        )
        kept.save(force_insert=True)
        ReleaseEvidence(table=kept, figures=evidence_of(table), profile=own.profile.as_json()).save(force_insert=True)
        hashes.append((table.code, kept.content_hash))
    release.protection = {"profile": own.profile.as_json(), "audit": asdict(protected.summary)}
    release.content_hash = hash_of([each for _code, each in sorted(hashes)])
    release.released_at = now()
    release.save(update_fields=["protection", "content_hash", "released_at"])


def _who_holds_more(audience: str) -> list[str]:
    """Audiences who get this release too and were handed others besides."""
    wider = [each for each, seen in SEES.items() if audience in seen and each != audience]
    return [
        each
        for each in wider
        if Release.objects.filter(audience__in=set(SEES[each]) - set(SEES[audience]), released_at__isnull=False).exists()
    ]


def _earlier(audiences: tuple[str, ...]) -> tuple[Earlier, ...]:
    """Every table that these audiences were handed."""
    rows = ReleaseEvidence.objects.filter(table__release__audience__in=audiences, table__release__released_at__isnull=False)
    return tuple(
        earlier_of(code=row.table.code, stored=row.table.cells, figures=row.figures, profile=row.profile)
        for row in rows.select_related("table").order_by("table__release__released_at", "table__code")
    )
