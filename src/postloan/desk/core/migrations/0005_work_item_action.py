from collections import defaultdict

from django.db import migrations, models

from postloan.desk.core.work.pages import action_of

_BATCH = 500


def of_its_page(apps, _schema_editor):
    """Items of before are opened by the grant that their page asks for."""
    items = apps.get_model("core", "WorkItem").objects
    opened_by = defaultdict(list)
    for key, page in items.filter(action="").values_list("pk", "page").iterator():
        opened_by[action_of(page)].append(key)
    for action, keys in opened_by.items():
        for start in range(0, len(keys), _BATCH):
            items.filter(pk__in=keys[start : start + _BATCH]).update(action=action)


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
