"""Addresses of outside agencies."""

from django.urls import path

from postloan.desk.agency import views

app_name = "agency"
urlpatterns = [
    path("agencies/", views.agencies, name="agencies"),
    path("agencies/published/", views.published, name="published"),
    path("agencies/published.json", views.published_json, name="published_json"),
    path("agencies/new/", views.new, name="new"),
    path("agencies/propose", views.propose, name="propose"),
    path("agencies/placements/", views.placements, name="placements"),
    path("agencies/placements/<int:placement_id>/", views.placement, name="placement"),
    path("agencies/placements/<int:placement_id>/recall", views.recall, name="recall"),
    path("agencies/<int:agency_id>/", views.agency, name="agency"),
    path("agencies/<int:agency_id>/decide", views.decide, name="decide"),
    path("agencies/<int:agency_id>/account", views.account, name="account"),
    path("agencies/<int:agency_id>/leave", views.leave, name="leave"),
    path("agencies/<int:agency_id>/place/", views.place, name="place"),
    path("agencies/<int:agency_id>/placed", views.placed, name="placed"),
    path("agencies/<int:agency_id>/reconcile/", views.reconcile, name="reconcile"),
    path("agencies/<int:agency_id>/bill", views.bill, name="bill"),
    path("agencies/<int:agency_id>/bills/<int:bill_id>/", views.bill_page, name="bill_page"),
    path("agencies/<int:agency_id>/bills/<int:bill_id>/decide", views.bill_decide, name="bill_decide"),
    path("agencies/<int:agency_id>/evaluate/", views.evaluate, name="evaluate"),
    path("agencies/<int:agency_id>/evaluated", views.evaluated, name="evaluated"),
    path("agencies/<int:agency_id>/evaluations/<int:evaluation_id>/decide", views.evaluation_decide,
         name="evaluation_decide"),
]  # fmt: skip
