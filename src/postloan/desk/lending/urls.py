"""Addresses of freezes."""

from django.urls import path

from postloan.desk.lending import views

app_name = "lending"
urlpatterns = [
    path("freezes/", views.freezes, name="freezes"),
    path("freezes/propose", views.propose, name="propose"),
    path("freezes/<uuid:freeze_id>/", views.freeze, name="freeze"),
    path("freezes/<uuid:freeze_id>/decide", views.decide, name="decide"),
    path("freezes/<uuid:freeze_id>/lift", views.lift, name="lift"),
]
