"""Addresses of the worklist."""

from django.urls import path

from postloan.desk.worklist import views

app_name = "worklist"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("work/<int:item_id>/", views.item, name="item"),
    path("work/<int:item_id>/done", views.done, name="done"),
    path("work/assign", views.assign, name="assign"),
    path("work/urge", views.urge, name="urge"),
    path("work/transfer", views.transfer, name="transfer"),
]
