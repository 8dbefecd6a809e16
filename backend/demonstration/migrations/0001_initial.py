import backend.core.clock
import backend.core.identifiers
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name='CountryRoom',
            fields=[
                ('id', models.UUIDField(default=backend.core.identifiers.uuid7, editable=False, primary_key=True, serialize=False)),
                ('name', models.CharField(max_length=40, unique=True)),
                ('scale', models.DecimalField(decimal_places=5, max_digits=8)),
                ('seed', models.BigIntegerField()),
                ('rows', models.PositiveBigIntegerField()),
                ('loaded_at', models.DateTimeField(default=backend.core.clock.now)),
            ],
            options={
                'ordering': ['loaded_at'],
            },
        ),
    ]
