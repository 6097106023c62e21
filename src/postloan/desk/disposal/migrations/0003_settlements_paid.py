from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("disposal", "0002_seized"),
    ]

    operations = [
        migrations.AddField(
            model_name="outcome",
            name="pay_by",
            field=models.DateField(null=True),
        ),
        migrations.AddField(
            model_name="outcome",
            name="agreed_on",
            field=models.DateField(null=True),
        ),
    ]
