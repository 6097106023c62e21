"""Addresses of the warning desk."""

from django.urls import path

from postloan.desk.warning import views

app_name = "warning"
urlpatterns = [
    path("warnings/", views.cases, name="cases"),
    path("warnings/<int:case_id>/", views.case, name="case"),
    path("warnings/<int:case_id>/verify", views.verify, name="verify"),
    path("warnings/<int:case_id>/plan", views.plan, name="plan"),
    path("warnings/<int:case_id>/measures/<int:measure_id>/done", views.done, name="done"),
    path("warnings/<int:case_id>/lift", views.lift, name="lift"),
    path("warnings/<int:case_id>/decide", views.decide, name="decide"),
    path("warnings/of/<str:debtor_id>", views.of_debtor, name="of_debtor"),
]
