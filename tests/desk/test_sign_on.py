"""Signing on by the bank's identity provider: officers whom the desk knows, nobody else, and nobody is made one."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from allauth.mfa.totp.internal.auth import TOTP
from deciding import person
from django.core.cache import cache
from django.test import Client
from identity_provider import CLIENT, SECRET, Provider, identity_provider

from postloan.desk.core.models import AuditEntry, Officer
from postloan.errors import SettingWrong
from postloan.site.sign_on import environment

pytestmark = pytest.mark.django_db
BEGIN, BACK = "/account/sso/bank/", "/account/sso/bank/back/"


@pytest.fixture
def provider(settings) -> Iterator[Provider]:
    with identity_provider() as found:
        told = {
            "POSTLOAN_OIDC_URL": found.url, "POSTLOAN_OIDC_CLIENT": CLIENT, "POSTLOAN_OIDC_SECRET": SECRET,
        }  # fmt: skip
        configure(settings, told)
        yield found


def configure(settings, told: dict[str, str]) -> None:
    settings.IDENTITY_PROVIDER = environment.identity_provider(told)
    settings.SOCIALACCOUNT_PROVIDERS = environment.provider_settings(settings.IDENTITY_PROVIDER)


def sign_on(client: Client, provider: Provider, *, to: str = "/loans/") -> object:
    """Go there and back as a browser does, and answer with what the desk says."""
    sent = client.post(BEGIN, {"next": to})
    assert sent.status_code == 302
    assert sent["Location"].startswith(provider.url + "/authorize?")
    back = requests.get(sent["Location"], allow_redirects=False, timeout=10).headers["Location"]
    assert urlsplit(back).path == BACK
    return client.get(f"{BACK}?{urlsplit(back).query}")


def is_in(client: Client) -> bool:
    return client.get("/account/mfa/").status_code == 200


def test_an_officer_whom_the_desk_knows_comes_in_and_it_is_written_down(client: Client, provider: Provider) -> None:
    provider.claims = {"preferred_username": "officer"}
    answer = sign_on(client, provider)
    assert (answer.status_code, answer["Location"]) == (302, "/loans/")  # type: ignore[attr-defined]
    assert client.get("/loans/").status_code == 200
    entry = AuditEntry.objects.get(action="session.opened")
    assert entry.officer == "officer"
    client.post("/account/logout/")
    assert sign_on(client, provider).status_code == 302  # type: ignore[attr-defined]


def test_officers_are_matched_by_staff_number_where_the_bank_says_so(client, provider: Provider, settings) -> None:
    told = {
        "POSTLOAN_OIDC_URL": provider.url, "POSTLOAN_OIDC_CLIENT": CLIENT, "POSTLOAN_OIDC_SECRET": SECRET,
        "POSTLOAN_OIDC_CLAIM": "employee_number", "POSTLOAN_OIDC_MATCH": "staff_no",
    }  # fmt: skip
    configure(settings, told)
    # Told by the provider's page about the same subject, and not in the token.
    provider.userinfo = {"sub": "s-1", "employee_number": person("officer").staff_no}
    assert sign_on(client, provider).status_code == 302  # type: ignore[attr-defined]
    assert is_in(client)


@pytest.mark.parametrize(
    "case",
    ["unknown", "inactive", "no claim", "wrong key", "other audience", "other issuer", "run out", "other subject"],
)
def test_whoever_is_not_vouched_for_stays_outside_and_no_account_is_made(
    client: Client, provider: Provider, case: str
) -> None:
    provider.claims = {"preferred_username": "officer"}
    if case == "unknown":
        provider.claims = {"preferred_username": "nobody", "email": "officer@bank.example", "email_verified": True}
    elif case == "inactive":
        Officer.objects.filter(username="officer").update(is_active=False)
    elif case == "no claim":
        provider.claims = {"name": "officer"}
    elif case == "wrong key":
        provider.signs_wrongly = True
    elif case == "other audience":
        provider.says = {"aud": "another"}
    elif case == "other issuer":
        provider.says = {"iss": "https://elsewhere.example"}
    elif case == "run out":
        provider.says = {"exp": 1}
    elif case == "other subject":
        provider.userinfo = {"sub": "s-2", "preferred_username": "officer"}
    before = Officer.objects.count()
    answer = sign_on(client, provider)
    assert answer.status_code == 403  # type: ignore[attr-defined]
    assert "PL-D40" in answer.content.decode()  # type: ignore[attr-defined]
    assert not is_in(client)
    assert Officer.objects.count() == before
    assert not AuditEntry.objects.filter(action="session.opened").exists()
    named = AuditEntry.objects.filter(action="session.refused").values_list("subject", flat=True)
    assert list(named) == {"unknown": ["login:nobody"], "inactive": ["login:officer"]}.get(case, [])


def test_an_answer_that_nobody_asked_for_opens_nothing(client: Client, provider: Provider) -> None:
    provider.claims = {"preferred_username": "officer"}
    sent = client.post(BEGIN)
    back = requests.get(sent["Location"], allow_redirects=False, timeout=10).headers["Location"]
    victim = Client()
    assert victim.get(f"{BACK}?{urlsplit(back).query}").status_code == 403  # somebody else's state
    assert victim.get(BACK).status_code == 403
    assert (
        client.get(f"{BACK}?error=access_denied&state={parse_qs(urlsplit(back).query)['state'][0]}").status_code == 403
    )
    assert not is_in(victim)
    assert not is_in(client)


def test_a_second_step_is_asked_for_after_the_provider_too(client: Client, provider: Provider) -> None:
    TOTP.activate(person("officer"), "JBSWY3DPEHPK3PXP")
    provider.claims = {"preferred_username": "officer"}
    answer = sign_on(client, provider)
    assert answer["Location"].startswith("/account/mfa/authenticate/")  # type: ignore[index]
    assert client.get("/loans/").status_code == 302


def test_beginning_takes_a_form_of_ours_and_a_provider(client: Client, settings) -> None:
    assert client.get(BEGIN).status_code == 405
    assert client.post(BEGIN).status_code == 404
    assert "account/sso" not in client.get("/account/login/").content.decode()
    configure(
        settings,
        {
            "POSTLOAN_OIDC_URL": "https://id.example", "POSTLOAN_OIDC_CLIENT": CLIENT, "POSTLOAN_OIDC_SECRET": SECRET,
            "POSTLOAN_OIDC_NAME": "行内统一认证",
        },
    )  # fmt: skip
    assert "行内统一认证" in client.get("/account/login/").content.decode()
    assert Client(enforce_csrf_checks=True).post(BEGIN).status_code == 403


def test_who_fails_locally_is_still_locked_out(client: Client, provider: Provider) -> None:
    for _time in range(5):
        client.post("/account/login/", {"login": "officer", "password": "wrong"})
    right = client.post("/account/login/", {"login": "officer", "password": "postloan-demo"})
    assert right.status_code in {403, 429}
    assert not is_in(client)


def test_an_account_that_was_ended_is_told_so(client: Client) -> None:
    Officer.objects.filter(username="officer").update(is_active=False)
    answer = client.post("/account/login/", {"login": "officer", "password": "postloan-demo"})
    assert answer.status_code < 500
    assert not is_in(client)


@pytest.mark.parametrize(
    "told",
    [
        {"POSTLOAN_OIDC_URL": "http://id.example", "POSTLOAN_OIDC_CLIENT": "x", "POSTLOAN_OIDC_SECRET": "x"},
        {"POSTLOAN_OIDC_URL": "https://id.example", "POSTLOAN_OIDC_SECRET": "x"},
        {"POSTLOAN_OIDC_URL": "https://id.example", "POSTLOAN_OIDC_CLIENT": "x"},
        {"POSTLOAN_OIDC_URL": "https://id.example", "POSTLOAN_OIDC_CLIENT": "x", "POSTLOAN_OIDC_SECRET": "x",
         "POSTLOAN_OIDC_MATCH": "email"},
    ],
)  # fmt: skip
def test_a_setting_that_is_missing_or_unsafe_is_named(told: dict[str, str]) -> None:
    with pytest.raises(SettingWrong):
        environment.identity_provider(told)


def test_a_whole_bank_logs_in_through_one_proxy(client: Client) -> None:
    cache.clear()
    answers = [client.get("/account/login/").status_code for _officer in range(100)]
    assert set(answers) == {200}
