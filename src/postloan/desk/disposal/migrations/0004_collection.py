import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0002_counted"),
        ("disposal", "0003_settlements_paid"),
    ]

    operations = [
        migrations.AddField(
            model_name="disposalcase",
            name="collection",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="disposals",
                to="collection.collectioncase",
            ),
        ),
    ]
