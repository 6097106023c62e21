import django.core.serializers.json
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("core", "0005_work_item_action"),
        ("lending", "0001_initial"),
        ("warning", "0002_casesignal_arrival"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="ArrivedEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=20)),
                ("version", models.PositiveIntegerField(default=1)),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                ("event_id", models.CharField(max_length=64, unique=True)),
                ("revision", models.PositiveIntegerField(default=1)),
                ("debtor_id", models.CharField(blank=True, max_length=64)),
                ("happened_on", models.DateField()),
                ("source", models.CharField(max_length=20)),
                ("kind", models.CharField(max_length=64)),
                ("kind_said", models.CharField(blank=True, max_length=64)),
                ("amount_cents", models.BigIntegerField(null=True)),
                ("text", models.TextField(blank=True)),
                ("content_hash", models.CharField(max_length=64)),
                ("score", models.IntegerField(null=True)),
                ("hits", models.JSONField(default=list)),
                ("arrived_on", models.DateField()),
                (
                    "org",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.org"),
                ),
                (
                    "posted_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Match",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("state", models.CharField(max_length=20)),
                ("version", models.PositiveIntegerField(default=1)),
                ("opened_at", models.DateTimeField(auto_now_add=True)),
                ("debtor_id", models.CharField(max_length=64)),
                ("debtor_no", models.BigIntegerField()),
                ("debtor_name", models.CharField(max_length=200)),
                ("how", models.CharField(max_length=10)),
                ("found", models.CharField(blank=True, max_length=200)),
                ("score", models.PositiveSmallIntegerField(default=100)),
                ("decided_on", models.DateField(null=True)),
                ("judged_revision", models.PositiveIntegerField(default=0)),
                ("judged_at", models.DateTimeField(null=True)),
                ("raised", models.JSONField(default=list)),
                ("rank", models.SmallIntegerField(default=-1)),
                ("freeze_told", models.CharField(blank=True, max_length=20)),
                ("handed_on", models.DateField(null=True)),
                ("handed_revision", models.PositiveIntegerField(default=0)),
                ("handed_kind", models.CharField(blank=True, max_length=64)),
                (
                    "case",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="warning.warningcase",
                    ),
                ),
                (
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="matches", to="arrival.arrivedevent"
                    ),
                ),
                (
                    "freeze",
                    models.ForeignKey(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="lending.freeze"
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.org"),
                ),
            ],
            options={
                "ordering": ("pk",),
            },
        ),
        migrations.CreateModel(
            name="HandedEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("feed_day", models.DateField()),
                ("feed_id", models.CharField(max_length=64)),
                ("row", models.JSONField(encoder=django.core.serializers.json.DjangoJSONEncoder)),
                ("refused", models.CharField(blank=True, max_length=300)),
                (
                    "match",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="arrival.match"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Alias",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("alias", models.CharField(max_length=60)),
                ("debtor_id", models.CharField(max_length=64)),
                ("debtor_name", models.CharField(max_length=200)),
                ("made_on", models.DateField()),
                ("ended_on", models.DateField(null=True)),
                (
                    "made_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "org",
                    models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="+", to="core.org"),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("ended_on", None)), fields=("alias", "debtor_id"), name="one_alias_a_debtor"
                    )
                ],
            },
        ),
        migrations.AddIndex(
            model_name="arrivedevent",
            index=models.Index(fields=["state", "opened_at"], name="arrival_arr_state_733ae9_idx"),
        ),
        migrations.AddIndex(
            model_name="arrivedevent",
            index=models.Index(fields=["org", "opened_at"], name="arrival_arr_org_id_56390f_idx"),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(fields=["debtor_id", "state"], name="arrival_mat_debtor__293f92_idx"),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(fields=["org", "state"], name="arrival_mat_org_id_d32bcb_idx"),
        ),
        migrations.AddIndex(
            model_name="match",
            index=models.Index(fields=["state", "handed_on"], name="arrival_mat_state_69adef_idx"),
        ),
        migrations.AddConstraint(
            model_name="match",
            constraint=models.UniqueConstraint(fields=("event", "debtor_id"), name="one_match_an_event_and_debtor"),
        ),
        migrations.AddConstraint(
            model_name="handedevent",
            constraint=models.UniqueConstraint(fields=("feed_day", "feed_id"), name="one_row_an_event_and_feed_day"),
        ),
    ]
