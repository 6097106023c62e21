"""Addresses of the cockpit and of the report centre."""

from django.urls import path

from postloan.desk.report import views

app_name = "report"
urlpatterns = [
    path("cockpit/", views.cockpit, name="cockpit"),
    path("cockpit/<slug:name>", views.cockpit_part, name="cockpit_part"),
    path("reports/", views.centre, name="centre"),
    path("reports/versions/", views.versions, name="versions"),
    path("reports/exposures/list", views.exposed, name="exposed"),
    path("reports/exposures/list/xlsx", views.exposed_workbook, name="exposed_workbook"),
    path("reports/<slug:kind>/", views.report, name="report"),
    path("reports/<slug:kind>/xlsx", views.report_workbook, name="workbook"),
]
