"""Addresses of the outbox."""

from django.urls import path

from postloan.desk.outbox import views

app_name = "outbox"
urlpatterns = [
    path("outbox/", views.outbox, name="outbox"),
    path("outbox/letters/", views.letters, name="letters"),
    path("outbox/letters/posted", views.posted, name="posted"),
    path("outbox/templates/", views.templates, name="templates"),
    path("outbox/templates/<slug:key>/", views.template, name="template"),
    path("outbox/of/<str:debtor_id>/", views.of, name="of"),
    path("outbox/of/<str:debtor_id>/write", views.write, name="write"),
    path("outbox/<uuid:message_id>/", views.message, name="message"),
    path("outbox/<uuid:message_id>/letter.docx", views.letter, name="letter"),
    path("outbox/<uuid:message_id>/cancel", views.cancel, name="cancel"),
    path("outbox/<uuid:message_id>/again", views.again, name="again"),
    path("outbox/<uuid:message_id>/was-sent", views.was_sent, name="was_sent"),
    path("outbox/<uuid:message_id>/receipt", views.receipt, name="receipt"),
]
