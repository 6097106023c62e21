"""Addresses of graphs and circles."""

from django.urls import path

from postloan.desk.circle import views

app_name = "circle"
urlpatterns = [
    path("circles/", views.circles, name="circles"),
    path("circles/<int:circle_no>/", views.circle, name="circle"),
    path("circles/of/<str:debtor_id>", views.of_debtor, name="of_debtor"),
    path("circles/graph/<str:debtor_id>", views.graph, name="graph"),
]
