"""Unique beside the key, so that other tables can point at a claim and its owner at once; reversed once at most.

The linter is told to leave these (Makefile): the key is part of the references, so no row can break them. A claim that was
reversed twice would stop the migration, as it should.
"""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reimbursements", "0002_claim_of_its_measure")]

    operations = [
        migrations.AddConstraint(
            model_name='reimbursementclaim',
            constraint=models.UniqueConstraint(fields=('id', 'institution'), name='claim_owner_reference'),
        ),
        migrations.AddConstraint(
            model_name='reimbursementclaim',
            constraint=models.UniqueConstraint(fields=('id', 'learner', 'institution'), name='claim_learner_reference'),
        ),
        migrations.AddConstraint(
            model_name='reimbursementclaim',
            constraint=models.UniqueConstraint(condition=models.Q(('reverses__isnull', False), models.Q(('status', 'REJECTED'), _negated=True)), fields=('reverses',), name='claim_reversed_once'),
        ),
    ]
