"""The address of the register."""

from django.urls import path

from postloan.desk.exceptions import views

app_name = "exceptions"
urlpatterns = [path("exceptions/", views.register, name="register")]
