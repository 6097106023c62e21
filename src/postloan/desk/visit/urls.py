"""Addresses of visits."""

from django.urls import path

from postloan.desk.visit import views

app_name = "visit"
urlpatterns = [
    path("visits/", views.visits, name="visits"),
    path("visits/due/", views.due, name="due"),
    path("visits/route/", views.route, name="route"),
    path("visits/route/addresses", views.route_opened, name="route_opened"),
    path("visits/of/<int:case_id>/", views.of_case, name="of_case"),
    path("visits/of/<int:case_id>/plan", views.plan, name="plan"),
    path("visits/<int:visit_id>/", views.visit, name="visit"),
    path("visits/<int:visit_id>/check-in", views.check_in, name="check_in"),
    path("visits/<int:visit_id>/close", views.close, name="close"),
    path("visits/<int:visit_id>/cancel", views.cancel, name="cancel"),
    path("visits/<int:visit_id>/photos", views.photos, name="photos"),
    path("visits/<int:visit_id>/photos/<int:photo_id>/small", views.small, name="small"),
    path("visits/<int:visit_id>/photos/<int:photo_id>/fetch", views.fetch, name="fetch"),
]
