from django.db import migrations, models


def of_what_was_collected(apps, _schema_editor):
    """Open promises are followed by what their cases collect; until now they were by all that the debtor's loans received.

    Running cases learn which loans are past due with the next adopted day: what came until then counted already.
    """
    for promise in apps.get_model("collection", "Promise").objects.filter(state="open").select_related("case"):
        promise.base_cents += promise.case.collected_cents - promise.case.received_cents
        promise.save(update_fields=["base_cents"])


class Migration(migrations.Migration):
    dependencies = [
        ("collection", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="collectioncase",
            name="counted",
            field=models.JSONField(default=dict),
        ),
        migrations.RunPython(of_what_was_collected, migrations.RunPython.noop),
        migrations.RemoveField(
            model_name="collectioncase",
            name="received_cents",
        ),
    ]
