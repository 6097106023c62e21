"""Addresses of decisions."""

from django.urls import path

from postloan.desk.withdrawal import views

app_name = "withdrawal"
urlpatterns = [
    path("decisions/", views.decisions, name="decisions"),
    path("decisions/<uuid:decision_id>/", views.decision, name="decision"),
    path("decisions/<uuid:decision_id>/withdraw", views.withdraw, name="withdraw"),
    path("decisions/<uuid:decision_id>/decide", views.decide, name="decide"),
]
