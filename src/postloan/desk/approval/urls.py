"""Addresses of approval."""

from django.urls import path

from postloan.desk.approval import views

app_name = "approval"
urlpatterns = [path("approvals/", views.cases, name="cases")]
