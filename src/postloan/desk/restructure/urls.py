"""Addresses of restructuring."""

from django.urls import path

from postloan.desk.restructure import views

app_name = "restructure"
urlpatterns = [
    path("restructurings/", views.restructurings, name="restructurings"),
    path("restructurings/watched/", views.watched, name="watched"),
    path("restructurings/of/<str:loan_id>/", views.compare, name="compare"),
    path("restructurings/of/<str:loan_id>/offer", views.offer, name="offer"),
    path("restructurings/<uuid:held_id>/", views.restructuring, name="restructuring"),
    path("restructurings/<uuid:held_id>/offers/<uuid:offer_id>/answer", views.answer, name="answer"),
    path("restructurings/<uuid:held_id>/consent", views.consent, name="consent"),
    path("restructurings/<uuid:held_id>/consents/<int:consent_id>", views.paper, name="paper"),
    path("restructurings/<uuid:held_id>/propose", views.propose, name="propose"),
    path("restructurings/<uuid:held_id>/drop", views.drop, name="drop"),
    path("restructurings/<uuid:held_id>/decide", views.decide, name="decide"),
    path("restructurings/<uuid:held_id>/agreement.docx", views.agreement_word, name="agreement_word"),
    path("restructurings/<uuid:held_id>/agreement.pdf", views.agreement_pdf, name="agreement_pdf"),
]
