"""Addresses of the desk of disposal."""

from django.urls import path

from postloan.desk.disposal import views

app_name = "disposal"
urlpatterns = [
    path("clocks/", views.clocks, name="clocks"),
    path("clocks/of-loan/<str:loan_id>", views.of_loan, name="of_loan"),
    path("clocks/of-debtor/<str:debtor_id>", views.of_debtor, name="of_debtor"),
]
