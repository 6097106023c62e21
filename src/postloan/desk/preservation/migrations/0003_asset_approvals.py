import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("approval", "0001_initial"),
        ("preservation", "0002_realisations"),
    ]

    operations = [
        migrations.AddField(
            model_name="asset",
            name="approval",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="approval.case"
            ),
        ),
        migrations.AddField(
            model_name="asset",
            name="asked",
            field=models.JSONField(default=dict),
        ),
    ]
