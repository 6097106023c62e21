from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("warning", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="casesignal",
            name="arrival",
            field=models.CharField(blank=True, max_length=10),
        ),
    ]
