import django.db.models.deletion
from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def of_whoever_decided(apps, _schema_editor):
    """Decisions of before lie in the office of who made them: that of their loans was not kept."""
    officer = apps.get_model("core", "Officer").objects.filter(pk=OuterRef("decided_by"))
    apps.get_model("core", "Decision").objects.filter(org=None).update(org=Subquery(officer.values("org")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("core", "0003_officer_has_no_language"),
    ]

    operations = [
        migrations.AddField(
            model_name="decision",
            name="org",
            field=models.ForeignKey(
                null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.org"
            ),
        ),
        migrations.RunPython(of_whoever_decided, migrations.RunPython.noop),
    ]
