"""Addresses of collateral."""

from django.urls import path

from postloan.desk.collateral import views
from postloan.desk.collateral.calls import views as calls
from postloan.desk.collateral.claims import views as claims
from postloan.desk.collateral.custody import views as custody
from postloan.desk.collateral.stress import views as stress
from postloan.desk.collateral.valuation import views as valuation
from postloan.desk.collateral.valuers import views as valuers

app_name = "collateral"
urlpatterns = [
    path("collateral/", views.register, name="register"),
    path("collateral/matters/", views.matters, name="matters"),
    path("collateral/matters/<uuid:matter_id>/", views.matter, name="matter"),
    path("collateral/matters/<uuid:matter_id>/decide", views.decide, name="decide"),
    path("collateral/of-loan/<str:loan_id>", views.of_loan, name="of_loan"),
    path("collateral/spread/", views.spread, name="spread"),
    path("collateral/stress/", stress.stress, name="stress"),
    path("collateral/stress/propose", stress.propose, name="stress_propose"),
    path("collateral/batch/", valuation.batch, name="batch"),
    path("collateral/batch/propose", valuation.batch_propose, name="batch_propose"),
    path("collateral/calls/", calls.calls, name="calls"),
    path("collateral/calls/<int:call_id>/", calls.call, name="call"),
    path("collateral/calls/<int:call_id>/letter.docx", calls.letter, name="call_letter"),
    path("collateral/calls/<int:call_id>/notice", calls.notice, name="call_notice"),
    path("collateral/calls/<int:call_id>/answer", calls.answer, name="call_answer"),
    path("collateral/claims/", claims.claims, name="claims"),
    path("collateral/claims/<uuid:claim_id>/", claims.claim, name="claim"),
    path("collateral/claims/<uuid:claim_id>/letter.docx", claims.letter, name="claim_letter"),
    path("collateral/claims/<uuid:claim_id>/tell", claims.tell, name="claim_tell"),
    path("collateral/claims/<uuid:claim_id>/file", claims.file, name="claim_file"),
    path("collateral/claims/<uuid:claim_id>/answer", claims.answer, name="claim_answer"),
    path("collateral/claims/<uuid:claim_id>/paid", claims.paid, name="claim_paid"),
    path("collateral/claims/<uuid:claim_id>/restored", claims.restored, name="claim_restored"),
    path("collateral/claims/<uuid:claim_id>/drop", claims.drop, name="claim_drop"),
    path("collateral/valuers/", valuers.valuers, name="valuers"),
    path("collateral/valuers/propose", valuers.propose, name="valuer_propose"),
    path("collateral/valuers/<int:valuer_id>/", valuers.valuer, name="valuer"),
    path("collateral/documents/", custody.documents, name="documents"),
    path("collateral/documents/<uuid:document_id>/", custody.document, name="document"),
    path("collateral/documents/<uuid:document_id>/out", custody.out, name="document_out"),
    path("collateral/documents/<uuid:document_id>/back", custody.back, name="document_back"),
    path("collateral/documents/<uuid:document_id>/<int:receipt_id>.docx", custody.receipt, name="receipt"),
    path("collateral/of/<str:collateral_id>/", views.collateral, name="collateral"),
    path("collateral/of/<str:collateral_id>/value", valuation.value, name="value"),
    path("collateral/of/<str:collateral_id>/loss", claims.note, name="loss_note"),
    path("collateral/of/<str:collateral_id>/release", views.release, name="release"),
    path("collateral/of/<str:collateral_id>/document", custody.document_in, name="document_in"),
]
