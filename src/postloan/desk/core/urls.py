"""Addresses of the core."""

from django.urls import path

from postloan.desk.core import views

app_name = "core"
urlpatterns = [
    path("lists/<slug:name>/columns", views.columns, name="columns"),
    path("lists/<slug:name>/views", views.save_view, name="save_view"),
    path("lists/<slug:name>/export", views.export, name="export"),
    path("exports/", views.exports, name="exports"),
    path("exports/<uuid:export_id>", views.export_fetch, name="export_fetch"),
    path("audit/", views.audit, name="audit"),
    path("audit/verify", views.audit_verify, name="audit_verify"),
    path("officers/", views.officers, name="officers"),
    path("officers/new", views.officer_new, name="officer_new"),
    path("officers/<int:officer_id>/", views.officer, name="officer"),
    path("officers/<int:officer_id>/grants", views.grant_new, name="grant_new"),
    path("officers/<int:officer_id>/grants/end", views.grant_end, name="grant_end"),
    path("officers/<int:officer_id>/tokens", views.token_new, name="token_new"),
    path("officers/<int:officer_id>/tokens/<int:token_id>/end", views.token_stop, name="token_end"),
    path("view-as/", views.view_as, name="view_as"),
    path("view-as/end", views.view_as_end, name="view_as_end"),
    path("delegations/", views.delegation_new, name="delegation_new"),
]
