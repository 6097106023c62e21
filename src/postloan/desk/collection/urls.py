"""Addresses of the collection desk."""

from django.urls import path

from postloan.desk.collection import views

app_name = "collection"
urlpatterns = [
    path("collection/", views.cases, name="cases"),
    path("collection/next", views.next_case, name="next"),
    path("collection/promises", views.promises, name="promises"),
    path("collection/seats", views.seats, name="seats"),
    path("collection/seats/<int:officer_id>", views.seat, name="seat"),
    path("collection/performance", views.performance, name="performance"),
    path("collection/strategies", views.strategies, name="strategies"),
    path("collection/<int:case_id>/", views.case, name="case"),
    path("collection/<int:case_id>/ask", views.ask, name="ask"),
    path("collection/<int:case_id>/outcome", views.outcome, name="outcome"),
    path("collection/<int:case_id>/put-back", views.put_back, name="put_back"),
    path("collection/<int:case_id>/court", views.court, name="court"),
    path("collection/<int:case_id>/court/decide", views.decide, name="decide"),
    path("collection/<int:case_id>/take-back", views.take_back, name="take_back"),
]
