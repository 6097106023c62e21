"""Every address of the site."""

from allauth.account import views as account
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path
from django.views.decorators.http import require_GET
from django.views.i18n import set_language
from django_prometheus.exports import ExportToDjangoView

from postloan.site.api import api
from postloan.site.sign_on import oidc


@require_GET
def health(_request: HttpRequest) -> HttpResponse:
    """Tell whoever watches the server that it answers."""
    return HttpResponse("ok", content_type="text/plain")


handler500 = "postloan.site.middleware.fault"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("postloan.desk.worklist.urls")),
    path("", include("postloan.desk.core.urls")),
    path("", include("postloan.desk.book.urls")),
    path("", include("postloan.desk.circle.urls")),
    path("", include("postloan.desk.exceptions.urls")),
    path("", include("postloan.desk.report.urls")),
    path("", include("postloan.desk.approval.urls")),
    path("", include("postloan.desk.classification.urls")),
    path("", include("postloan.desk.lending.urls")),
    path("", include("postloan.desk.withdrawal.urls")),
    path("", include("postloan.desk.warning.urls")),
    path("", include("postloan.desk.arrival.urls")),
    path("", include("postloan.desk.disposal.urls")),
    path("", include("postloan.desk.impairment.urls")),
    path("", include("postloan.desk.modelling.urls")),
    path("", include("postloan.desk.studio.urls")),
    path("", include("postloan.desk.covenant.urls")),
    path("", include("postloan.desk.collection.urls")),
    path("", include("postloan.desk.contact.urls")),
    path("", include("postloan.desk.outbox.urls")),
    path("", include("postloan.desk.visit.urls")),
    path("", include("postloan.desk.agency.urls")),
    path("", include("postloan.desk.collateral.urls")),
    path("", include("postloan.desk.restructure.urls")),
    path("", include("postloan.desk.preservation.urls")),
    path("api/", api.urls),
    path("", include("postloan.desk.inspection.urls")),
    path("account/login/", account.login, name="account_login"),
    path("account/sso/<slug:provider_id>/", oidc.begin, name="openid_connect_login"),
    path("account/sso/<slug:provider_id>/back/", oidc.come_back, name="openid_connect_callback"),
    path("account/logout/", account.logout, name="account_logout"),
    path("account/password/", account.password_change, name="account_change_password"),
    path("account/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("account/mfa/", include("allauth.mfa.urls")),
    path("language/", set_language, name="set_language"),
    path("health/", health, name="health"),
    path("metrics/", ExportToDjangoView, name="metrics"),
]
