"""Addresses of the rule studio."""

from django.urls import path

from postloan.desk.studio import views

app_name = "studio"
urlpatterns = [
    path("studio/", views.rules, name="rules"),
    path("studio/earning/", views.earning, name="earning"),
    path("studio/changes/", views.changes, name="changes"),
    path("studio/rules/<str:signal>/", views.rule, name="rule"),
    path("studio/rules/<str:signal>/hits", views.rule_hits, name="rule_hits"),
    path("studio/begin", views.begin, name="begin"),
    path("studio/changes/<uuid:change_id>/", views.change, name="change"),
    path("studio/changes/<uuid:change_id>/hits", views.hits, name="hits"),
    path("studio/changes/<uuid:change_id>/trial", views.trial, name="trial"),
    path("studio/changes/<uuid:change_id>/save", views.save, name="save"),
    path("studio/changes/<uuid:change_id>/drop", views.drop, name="drop"),
    path("studio/changes/<uuid:change_id>/propose", views.propose, name="propose"),
    path("studio/changes/<uuid:change_id>/decide", views.decide, name="decide"),
]
