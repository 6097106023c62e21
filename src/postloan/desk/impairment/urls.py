"""Addresses of impairment."""

from django.urls import path

from postloan.desk.impairment import views
from postloan.desk.impairment.signing import views as signing

app_name = "impairment"
urlpatterns = [
    path("impairment/", views.run, name="run"),
    path("impairment/differences/", views.explained, name="differences"),
    path("impairment/recoveries/", views.recoveries, name="recoveries"),
    path("impairment/signs/", signing.signs, name="signs"),
    path("impairment/review", signing.review, name="review"),
    path("impairment/sign", signing.sign, name="sign"),
    path("impairment/return", signing.give_back, name="give_back"),
    path("impairment/proposals/", views.proposals, name="proposals"),
    path("impairment/proposals/<uuid:proposal_id>/", views.proposal, name="proposal"),
    path("impairment/proposals/<uuid:proposal_id>/decide", views.decide, name="decide"),
    path("impairment/loans/<str:loan_id>/", views.loan, name="loan"),
    path("impairment/loans/<str:loan_id>/plan", views.plan, name="plan"),
    path("impairment/loans/<str:loan_id>/stage", views.stage, name="stage"),
    path("impairment/loans/<str:loan_id>/watch", views.watch, name="watch"),
]
