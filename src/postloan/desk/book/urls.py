"""Addresses of the book."""

from django.urls import path, register_converter

from postloan.desk.book import views


class LoanPart:
    """The parts of a loan's papers that have a page."""

    regex = "instalments|payments|drawdowns|decisions|legal_events"

    def to_python(self, value: str) -> str:
        """As it stands."""
        return value

    def to_url(self, value: str) -> str:
        """As it stands."""
        return value


class PersonalField(LoanPart):
    """The fields of a debtor that are sealed."""

    regex = "id_number|phone"


register_converter(LoanPart, "loan_part")
register_converter(PersonalField, "personal")

app_name = "book"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("loans/", views.loans, name="loans"),
    path("loans/<str:loan_id>/", views.loan, name="loan"),
    path("loans/<str:loan_id>/why", views.loan_why, name="loan_why"),
    path("loans/<str:loan_id>/tiers", views.loan_tiers, name="loan_tiers"),
    path("loans/<str:loan_id>/proceeds", views.loan_proceeds, name="loan_proceeds"),
    path("loans/<str:loan_id>/<loan_part:part>", views.loan_part, name="loan_part"),
    path("debtors/", views.debtors, name="debtors"),
    path("debtors/<str:debtor_id>/", views.debtor, name="debtor"),
    path("debtors/<str:debtor_id>/capacity", views.debtor_capacity, name="debtor_capacity"),
    path("debtors/<str:debtor_id>/<personal:field>", views.personal, name="personal"),
    path("debtors/<str:debtor_id>/<personal:field>/open", views.personal_open, name="personal_open"),
    path("groups/", views.groups, name="groups"),
    path("groups/<str:group_id>/", views.group, name="group"),
]
