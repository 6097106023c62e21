"""Passwords asked of the bank's directory, of officers whom the desk knows; a local one still opens, and locks."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from deciding import person
from directory import BASE, READER, READER_PASSWORD, directory, needs_directory, people
from django.test import Client

from postloan.desk.core.models import AuditEntry, Officer
from postloan.errors import SettingWrong
from postloan.site.sign_on.environment import directory_settings

pytestmark = pytest.mark.django_db
LDAP = "postloan.site.sign_on.directory.Directory"


@pytest.fixture
def address(tmp_path: Path, db: None) -> Iterator[str]:
    needs_directory()
    number = person("officer").staff_no
    assert number
    told = people(("officer", "of the directory", "0"), ("lily", "of the directory", number), ("nobody", "known", "1"))
    with directory(tmp_path, told) as found:
        yield found


def configure(settings, address: str, **more: str) -> None:
    told = {
        "POSTLOAN_LDAP_URL": address, "POSTLOAN_LDAP_BASE": BASE, "POSTLOAN_LDAP_BIND_DN": READER,
        "POSTLOAN_LDAP_BIND_PASSWORD": READER_PASSWORD,
    }  # fmt: skip
    for name, value in directory_settings(told | more).items():
        setattr(settings, name, value)
    first, *others = settings.AUTHENTICATION_BACKENDS
    settings.AUTHENTICATION_BACKENDS = [first, LDAP, *others]


def log_in(client: Client, username: str, password: str) -> bool:
    client.post("/account/login/", {"login": username, "password": password})
    return client.get("/account/mfa/").status_code == 200


def test_an_officer_comes_in_with_the_password_of_the_directory(client, settings, address: str) -> None:
    configure(settings, address)
    assert log_in(client, "officer", "of the directory")
    assert client.get("/loans/").status_code == 200
    assert AuditEntry.objects.get(action="session.opened").officer == "officer"


def test_the_local_password_still_opens(client, settings, address: str) -> None:
    configure(settings, address)
    assert log_in(client, "officer", "postloan-demo")


def test_officers_are_matched_by_staff_number_where_the_bank_says_so(client, settings, address: str) -> None:
    configure(settings, address, POSTLOAN_LDAP_MATCH="staff_no", POSTLOAN_LDAP_ATTRIBUTE="employeeNumber")
    assert log_in(client, "lily", "of the directory")
    assert AuditEntry.objects.get(action="session.opened").officer == "officer"


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("nobody", "known"),  # in the directory, and no officer
        ("officer", "wrong"),
        ("officer", ""),
        ("*", "of the directory"),
        ("lily", "of the directory"),
    ],
)
def test_nobody_else_comes_in_and_no_account_is_made(client, settings, address: str, username, password) -> None:
    configure(settings, address)
    before = Officer.objects.count()
    assert not log_in(client, username, password)
    assert Officer.objects.count() == before


def test_an_officer_who_left_stays_outside(client, settings, address: str) -> None:
    configure(settings, address)
    Officer.objects.filter(username="officer").update(is_active=False)
    assert not log_in(client, "officer", "of the directory")


def test_who_fails_is_locked_out_of_the_directory_too(client, settings, address: str) -> None:
    configure(settings, address)
    for _time in range(5):
        assert not log_in(client, "officer", "wrong")
    assert not log_in(client, "officer", "of the directory")


@pytest.mark.parametrize(
    "told",
    [
        {"POSTLOAN_LDAP_URL": "ldap://ldap.example", "POSTLOAN_LDAP_BASE": "x"},  # in the clear
        {"POSTLOAN_LDAP_URL": "ldaps://ldap.example"},
        {"POSTLOAN_LDAP_URL": "ldaps://ldap.example", "POSTLOAN_LDAP_BASE": "x", "POSTLOAN_LDAP_MATCH": "email"},
    ],
)
def test_a_setting_that_is_missing_or_unsafe_is_named(told: dict[str, str]) -> None:
    with pytest.raises(SettingWrong):
        directory_settings(told)


def test_without_a_directory_nothing_of_it_is_needed() -> None:
    assert directory_settings({}) == {}


def test_the_settings_name_the_directory_where_the_environment_does() -> None:
    import os  # noqa: PLC0415
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    pytest.importorskip("ldap", reason="the extra ldap is not installed")
    asked = "from postloan.site import settings as s; print(s.AUTHENTICATION_BACKENDS[1], s.AUTH_LDAP_NO_NEW_USERS)"
    told = {"POSTLOAN_LDAP_URL": "ldaps://ldap.example", "POSTLOAN_LDAP_BASE": BASE}
    said = subprocess.run([sys.executable, "-c", asked], env=os.environ | told, capture_output=True, check=True)
    assert said.stdout.decode().split() == [LDAP, "True"]
