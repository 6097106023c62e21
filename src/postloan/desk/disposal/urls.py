"""Addresses of the desk of disposal."""

from django.urls import path

from postloan.desk.disposal import case_views, views
from postloan.desk.disposal.demands import views as demands

app_name = "disposal"
urlpatterns = [
    path("clocks/", views.clocks, name="clocks"),
    path("clocks/of-loan/<str:loan_id>", views.of_loan, name="of_loan"),
    path("clocks/of-debtor/<str:debtor_id>", views.of_debtor, name="of_debtor"),
    path("clocks/guarantees/<str:loan_id>/<str:guarantee_id>/", demands.demands, name="demands"),
    path("clocks/guarantees/<str:loan_id>/<str:guarantee_id>/note", demands.note, name="demand_note"),
    path("disposals/", case_views.cases, name="cases"),
    path("disposals/pursued/", case_views.pursued, name="pursued"),
    path("disposals/of/<str:debtor_id>", case_views.of_debtor_cases, name="of_debtor_cases"),
    path("disposals/<int:case_id>/", case_views.case, name="case"),
    path("disposals/<int:case_id>/plan", case_views.plan, name="plan"),
    path("disposals/<int:case_id>/progress", case_views.progress, name="progress"),
    path("disposals/<int:case_id>/lawsuit", case_views.lawsuit, name="lawsuit"),
    path("disposals/<int:case_id>/outcome", case_views.outcome, name="outcome"),
    path("disposals/<int:case_id>/papers/<str:sha256>", case_views.paper, name="paper"),
    path("disposals/lawsuits/<uuid:lawsuit_id>/step", case_views.step, name="step"),
    path("disposals/lawsuits/<uuid:lawsuit_id>/auction", case_views.auction, name="auction"),
    path("disposals/auctions/<uuid:round_id>/end", case_views.auction_end, name="auction_end"),
    path("disposals/outcomes/<uuid:outcome_id>/paper", case_views.paper_add, name="paper_add"),
    path("disposals/outcomes/<uuid:outcome_id>/propose", case_views.propose, name="propose"),
    path("disposals/outcomes/<uuid:outcome_id>/decide", case_views.decide, name="decide"),
    path("disposals/outcomes/<uuid:outcome_id>/end", case_views.end, name="end"),
]
