"""An hour ends on the day on which it begins, so "nobody in two places" asks the day beside the span, and is checked faster."""

import datetime

import django.contrib.postgres.constraints
from django.db import migrations, models

import backend.core.database.ranges


class Migration(migrations.Migration):
    dependencies = [("delivery", "0007_on_their_way")]
    operations = [
        migrations.RemoveConstraint(
            model_name='consultation',
            name='consultation_provider_in_one_place',
        ),
        migrations.RemoveConstraint(
            model_name='consultation',
            name='consultation_learner_in_one_place',
        ),
        migrations.AddConstraint(
            model_name='consultation',
            constraint=models.CheckConstraint(condition=models.Q(('starts_at__lte', datetime.time(23, 20))), name='consultation_within_its_day', violation_error_message='An hour ends on the day on which it begins. Choose an earlier start.'),
        ),
        migrations.AddConstraint(
            model_name='consultation',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('voided_at__isnull', True)), expressions=[('provider', '='), ('held_on', '='), (backend.core.database.ranges.LessonSpan('held_on', 'starts_at', 40), '&&'), ('group_key', '<>')], name='consultation_provider_in_one_place'),
        ),
        migrations.AddConstraint(
            model_name='consultation',
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(condition=models.Q(('voided_at__isnull', True)), expressions=[('learner', '='), ('held_on', '='), (backend.core.database.ranges.LessonSpan('held_on', 'starts_at', 40), '&&')], name='consultation_learner_in_one_place'),
        ),
    ]
