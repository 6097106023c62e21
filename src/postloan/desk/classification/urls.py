"""Addresses of classification."""

from django.urls import path

from postloan.desk.classification import views

app_name = "classification"
urlpatterns = [
    path("classification/", views.batches, name="batches"),
    path("classification/open", views.open_batches, name="open"),
    path("classification/items/", views.items, name="items"),
    path("classification/items/<int:item_id>/", views.item_of, name="item_of"),
    path("classification/<int:batch_id>/", views.batch, name="batch"),
    path("classification/<int:batch_id>/agree-all", views.agree_all, name="agree_all"),
    path("classification/<int:batch_id>/retail/", views.retail, name="retail"),
    path("classification/<int:batch_id>/retail/confirm", views.retail_confirm, name="retail_confirm"),
    path("classification/<int:batch_id>/retail/exception", views.exception, name="exception"),
    path("classification/<int:batch_id>/paper/", views.paper, name="paper"),
    path("classification/<int:batch_id>/loans/<str:loan_id>/", views.item, name="item"),
    path("classification/<int:batch_id>/loans/<str:loan_id>/opinion", views.opine, name="opine"),
    path("classification/<int:batch_id>/loans/<str:loan_id>/approve", views.approve, name="approve"),
    path("classification/<int:batch_id>/loans/<str:loan_id>/return", views.give_back, name="give_back"),
]
