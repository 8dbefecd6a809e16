"""A budget's shares add up to its total; sources belong to the programme whose money they divide."""

from django.db import migrations

from backend.core.database.composite import CompositeForeignKey

# Deferred, so that a revision and its shares can be written and changed one after the other in one transaction.
ADDS_UP = """
create function territory_budget_adds_up() returns trigger language plpgsql security definer set search_path = public, pg_temp as $$
declare
    wanted uuid;
begin
    if tg_table_name = 'territory_budgetrevision' then
        wanted := new.id;
    elsif tg_op = 'DELETE' then
        wanted := old.revision_id;
    else
        wanted := new.revision_id;
    end if;
    if exists (
        select 1 from territory_budgetrevision r
        where r.id = wanted
          and r.total <> (select coalesce(sum(s.amount), 0) from territory_budgetshare s where s.revision_id = r.id)
    ) then
        raise exception 'The shares of a budget revision do not add up to its total.'
            using errcode = 'check_violation', constraint = 'budget_adds_up', table = 'territory_budgetrevision';
    end if;
    return null;
end $$;
create constraint trigger budget_adds_up after insert or update on territory_budgetrevision
    deferrable initially deferred for each row execute function territory_budget_adds_up();
create constraint trigger budget_share_adds_up after insert or update or delete on territory_budgetshare
    deferrable initially deferred for each row execute function territory_budget_adds_up();
"""
ADDS_UP_NO_MORE = """
drop trigger budget_share_adds_up on territory_budgetshare;
drop trigger budget_adds_up on territory_budgetrevision;
drop function territory_budget_adds_up();
"""


class Migration(migrations.Migration):
    dependencies = [("territory", "0002_programme_rules")]
    operations = [
        *(
            CompositeForeignKey(
                table="territory_fundingrule",
                columns=[column, "programme_id"],
                references="territory_fundingsource",
                to_columns=["id", "programme_id"],
                name=f"funding_rule_{column.removesuffix('_id')}_of_programme",
            )
            for column in ("rounded_source_id", "rest_source_id")
        ),
        migrations.RunSQL(ADDS_UP, ADDS_UP_NO_MORE),
    ]
