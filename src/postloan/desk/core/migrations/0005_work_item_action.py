from urllib.parse import urlsplit

from django.db import migrations, models
from django.urls import resolve


def of_its_page(apps, _schema_editor):
    """Items of before are opened by the grant that their page asks for."""
    items = apps.get_model("core", "WorkItem").objects
    for page in items.filter(action="").values_list("page", flat=True).distinct().iterator():
        items.filter(page=page).update(action=resolve(urlsplit(page).path).func.action)


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0004_decision_org"),
    ]

    operations = [
        migrations.AddField(
            model_name="workitem",
            name="action",
            field=models.CharField(default="", max_length=60),
            preserve_default=False,
        ),
        migrations.RunPython(of_its_page, migrations.RunPython.noop),
    ]
