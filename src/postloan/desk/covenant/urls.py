"""Addresses of covenants and statements."""

from django.urls import path

from postloan.desk.covenant import views
from postloan.desk.covenant.finances import views as finances
from postloan.desk.covenant.statements import views as statements

app_name = "covenant"
urlpatterns = [
    path("covenants/", views.covenants, name="covenants"),
    path("covenants/proposals/", views.proposals, name="proposals"),
    path("covenants/proposals/<uuid:proposal_id>/", views.proposal, name="proposal"),
    path("covenants/proposals/<uuid:proposal_id>/decide", views.decide, name="decide"),
    path("covenants/of/<str:covenant_id>/", views.covenant, name="covenant"),
    path("covenants/of/<str:covenant_id>/notice", views.notice, name="notice"),
    path("covenants/of/<str:covenant_id>/notice.docx", views.letter, name="letter"),
    path("covenants/of/<str:covenant_id>/propose", views.propose, name="propose"),
    path("statements/", statements.uploads, name="uploads"),
    path("statements/of/<str:debtor_id>/new", statements.new, name="new_upload"),
    path("statements/of/<str:debtor_id>/template.xlsx", statements.template, name="template"),
    path("statements/<uuid:upload_id>/", statements.upload, name="upload"),
    path("statements/<uuid:upload_id>/settle", statements.settle, name="settle"),
    path("debtors/<str:debtor_id>/finances", finances.of_debtor, name="finances"),
]
