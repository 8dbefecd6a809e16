"""Reference lists are changed by versions; all of them can be read as one list."""

import backend.core.identifiers
from django.db import migrations, models

_REVISED = (
    "cooperationagreement",
    "riskfactor",
    "measurekind",
    "position",
    "outcometheme",
    "interruptionground",
    "deadline",
    "approvaltier",
    "incompatibleroles",
)


def _part(name: str, table: str, code: str, properties: str = "", *, named: bool = True) -> str:
    names = "name_lv, name_en, position::integer" if named else "'', '', 0"
    return (
        f"select id, '{name}', ({code})::varchar, {names}, valid_from, valid_to, source, source_status, source_note, version,"
        f" jsonb_build_object({properties}) from {table}"
    )


_PARTS = (
    _part("RISK_FACTORS", "registry_riskfactor", "code", """'group', "group", 'factClass', fact_class"""),
    _part(
        "MEASURE_KINDS",
        "registry_measurekind",
        "code",
        "'category', category, 'unit', unit, 'limitText', limit_text, 'note', note, 'groupSizeMax', group_size_max",
    ),
    _part("POSITIONS", "registry_position", "code", "'specialistRole', specialist_role, 'isDefault', is_default"),
    _part("OUTCOME_THEMES", "registry_outcometheme", "code"),
    _part("INTERRUPTION_GROUNDS", "registry_interruptionground", "code"),
    _part(
        "TARGET_GROUPS",
        "territory_targetgroup",
        "programme_kind",
        "'firstStage', first_stage, 'lastStage', last_stage",
        named=False,
    ),
    _part(
        "INCOMPATIBLE_ROLES",
        "registry_incompatibleroles",
        "first_role || ':' || second_role",
        "'reach', reach",
        named=False,
    ),
    _part(
        "APPROVAL_TIERS",
        "registry_approvaltier",
        "subject || ':' || amount_from",
        "'approvals', approvals, 'secondRoles', second_roles",
        named=False,
    ),
    _part("DEADLINES", "registry_deadline", "step", "'anchor', anchor, 'days', days", named=False),
)
ALL_VALUES = (
    "create view registry_referencevalue (id, list, code, name_lv, name_en, position, valid_from, valid_to, source,"
    " source_status, source_note, version, properties) with (security_invoker = true) as\n" + "\nunion all\n".join(_PARTS)
)


class Migration(migrations.Migration):
    dependencies = [("registry", "0005_interruption_ground"), ("territory", "0005_target_group_version")]
    operations = [
        *(
            migrations.AddField(
                model_name=name,
                name="version",
                field=models.PositiveIntegerField(db_default=1, default=1, editable=False),
            )
            for name in _REVISED
        ),
        migrations.CreateModel(
            name="ReferenceValue",
            fields=[
                (
                    "id",
                    models.UUIDField(default=backend.core.identifiers.uuid7, editable=False, primary_key=True, serialize=False),
                ),
                ("source", models.CharField(blank=True, max_length=500)),
                (
                    "source_status",
                    models.CharField(
                        choices=[
                            ("FOUND", "found in the named source"),
                            ("PARTLY_INFERRED", "partly inferred"),
                            ("INFERRED", "inferred"),
                            ("PROVISIONAL", "provisional, set by us until a source is found"),
                            ("ASSUMED", "assumed for the demonstration"),
                            ("UNVERIFIED", "found, to be verified with the register"),
                        ],
                        default="FOUND",
                        max_length=20,
                    ),
                ),
                ("source_note", models.CharField(blank=True, max_length=500)),
                ("name_lv", models.CharField(max_length=300)),
                ("name_en", models.CharField(blank=True, max_length=300)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, null=True)),
                ("version", models.PositiveIntegerField(db_default=1, default=1, editable=False)),
                (
                    "list",
                    models.CharField(
                        choices=[
                            ("RISK_FACTORS", "risk factors"),
                            ("MEASURE_KINDS", "kinds of measure"),
                            ("POSITIONS", "positions of specialists"),
                            ("OUTCOME_THEMES", "themes of a plan's outcome"),
                            ("TARGET_GROUPS", "grades and courses covered, by date"),
                            ("INCOMPATIBLE_ROLES", "roles that one person may not hold together"),
                            ("APPROVAL_TIERS", "amounts above which a second approver is needed"),
                            ("INTERRUPTION_GROUNDS", "grounds on which a plan is interrupted"),
                            ("DEADLINES", "deadlines by the semester's calendar"),
                        ],
                        max_length=40,
                    ),
                ),
                ("code", models.CharField(max_length=120)),
                ("position", models.IntegerField()),
                ("properties", models.JSONField()),
            ],
            options={
                "db_table": "registry_referencevalue",
                "ordering": ["list", "position", "code", "valid_from"],
                "managed": False,
            },
        ),
        migrations.RunSQL(ALL_VALUES, "drop view registry_referencevalue"),
    ]
