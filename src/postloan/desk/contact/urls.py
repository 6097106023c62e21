"""Addresses of the contact gate."""

from django.urls import path

from postloan.desk.contact import views

app_name = "contact"
urlpatterns = [
    path("contacts/", views.contacts, name="contacts"),
    path("contacts/of/<str:debtor_id>/", views.of, name="of"),
    path("contacts/of/<str:debtor_id>/paper", views.paper, name="paper"),
    path("contacts/of/<str:debtor_id>/ask", views.ask, name="ask"),
    path("contacts/of/<str:debtor_id>/points", views.add_point, name="add_point"),
    path("contacts/of/<str:debtor_id>/complain", views.complain, name="complain"),
    path("contacts/of/<str:debtor_id>/complaints/<uuid:complaint_id>/answer", views.answer, name="answer"),
    path("contacts/of/<str:debtor_id>/do-not-call", views.unwanted, name="unwanted"),
    path("contacts/of/<str:debtor_id>/exemptions", views.propose, name="propose"),
    path("contacts/of/<str:debtor_id>/exemptions/<uuid:exemption_id>/decide", views.decide, name="decide"),
    path("contacts/of/<str:debtor_id>/exemptions/<uuid:exemption_id>/take-back", views.take_back, name="take_back"),
    path("contacts/attempts/<uuid:attempt_id>/close", views.close, name="close"),
]
