"""Addresses of the inspection desk."""

from django.urls import path

from postloan.desk.inspection import views
from postloan.desk.inspection.files import views as files
from postloan.desk.inspection.findings import views as findings
from postloan.desk.inspection.supervision import views as supervision

app_name = "inspection"
_ONE = "inspections/<int:inspection_id>/"
_PAPER = "supervision/papers/<int:paper_id>/"
_PROJECT = "supervision/<int:supervision_id>/"
urlpatterns = [
    path("inspections/", views.inspections, name="inspections"),
    path("inspections/order", views.order, name="order"),
    path(_ONE, views.inspection, name="inspection"),
    path(_ONE + "draft", views.draft, name="draft"),
    path(_ONE + "submit", views.submit, name="submit"),
    path(_ONE + "sign", views.sign, name="sign"),
    path(_ONE + "review", views.review, name="review"),
    path(_ONE + "accept", views.accept, name="accept"),
    path(_ONE + "return", views.send_back, name="return"),
    path(_ONE + "report.pdf", views.report_pdf, name="pdf"),
    path(_ONE + "report.docx", views.report_word, name="word"),
    path(_ONE + "files", files.add, name="files"),
    path(_ONE + "files/<int:file_id>", files.fetch, name="file"),
    path(_ONE + "files/<int:file_id>/small", files.thumbnail, name="thumbnail"),
    path(_ONE + "files/<int:file_id>/remove", files.remove, name="file_remove"),
    path("findings/", findings.findings, name="findings"),
    path("findings/<int:finding_id>/", findings.finding, name="finding"),
    path("findings/<int:finding_id>/correct", findings.correct, name="correct"),
    path("findings/<int:finding_id>/confirm", findings.confirm, name="confirm"),
    path("supervision/", supervision.supervisions, name="supervisions"),
    path("supervision/new", supervision.supervision_new, name="supervision_new"),
    path(_PROJECT, supervision.supervision, name="supervision"),
    path(_PROJECT + "issue", supervision.issue, name="issue"),
    path(_PROJECT + "close", supervision.close, name="close"),
    path(_PAPER, supervision.paper, name="paper"),
    path(_PAPER + "check", supervision.paper_check, name="paper_check"),
    path(_PAPER + "rectify", supervision.paper_rectify, name="paper_rectify"),
    path(_PAPER + "recheck", supervision.paper_recheck, name="paper_recheck"),
]
