"""Logins, sessions, headers and the bounds of a request, by a real client against the settings of the site."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from callers import caller, offices
from deciding import person
from django.core.cache import cache
from django.test import Client, RequestFactory

from every_address import EVERY, address
from postloan.desk.core.models import Officer
from postloan.errors import FormWrong
from postloan.site.bounds import PACE, Pace, PostTooLarge, check_request, client_address

pytestmark = pytest.mark.django_db
RIGHT = "postloan-demo"
ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)",
    "http:evil.example", "https:/evil.example", " https://evil.example", "/\t/evil.example",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _nothing_counted() -> Iterator[None]:
    cache.clear()
    PACE._left.clear()
    yield
    cache.clear()


def log_in(client: Client, username: str = "officer", password: str = RIGHT, **more: str) -> object:
    return client.post("/account/login/", {"login": username, "password": password, **more})


def is_in(client: Client) -> bool:
    return client.get("/loans/").status_code == 200


# Sessions ----------------------------------------------------------------------------------------------------------


def test_a_session_that_somebody_planted_is_not_the_one_that_is_logged_in() -> None:
    client = Client()
    planted = client.session
    planted["of"] = "attacker"
    planted.save()
    client.cookies["sessionid"] = before = planted.session_key
    client.get("/account/login/")
    token = client.cookies["csrftoken"].value
    log_in(client)
    assert is_in(client)
    assert client.cookies["sessionid"].value != before
    assert client.cookies["csrftoken"].value != token
    thief = Client()
    thief.cookies["sessionid"] = before
    assert not is_in(thief)


def test_a_session_ends_with_logging_out_with_a_new_password_and_with_the_account() -> None:
    for end in ("logout", "password", "account"):
        client, kept = Client(), Client()
        log_in(client)
        kept.cookies["sessionid"] = client.cookies["sessionid"].value
        assert is_in(kept)
        if end == "logout":
            client.post("/account/logout/")
        elif end == "password":
            officer = person("officer")
            officer.set_password(RIGHT)
            officer.save()
        else:
            Officer.objects.filter(username="officer").update(is_active=False)
        assert not is_in(kept), end


def test_nobody_is_logged_out_by_a_link(logged_in) -> None:
    client = logged_in("officer")
    client.get("/account/logout/")
    assert is_in(client)


def test_cookies_are_for_this_site_and_no_script_reads_the_session() -> None:
    client = Client()
    log_in(client)
    session, token = client.cookies["sessionid"], client.cookies["csrftoken"]
    assert session["httponly"]
    assert session["samesite"] == token["samesite"] == "Lax"
    assert session["expires"] == "", "it ends with the browser"


def test_over_tls_cookies_go_over_nothing_else_and_browsers_stay_there() -> None:
    told_of = "s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.SECURE_HSTS_SECONDS > 10**7"
    said = f"from postloan.site import settings as s; print({told_of})"
    for https, told in (("1", "True True True"), ("", "False False False")):
        done = subprocess.run(
            [sys.executable, "-c", said], env=os.environ | {"POSTLOAN_HTTPS": https}, capture_output=True, text=True,
            check=True,
        )  # fmt: skip
        assert done.stdout.strip() == told


# Where a browser is sent, and what it is told ----------------------------------------------------------------------


@pytest.mark.parametrize("to", ELSEWHERE)
def test_nobody_is_sent_elsewhere(to: str, logged_in) -> None:
    client = Client()
    assert log_in(client, next=to)["Location"] == "/"  # type: ignore[index]
    client = logged_in("officer")
    for page, field in (("/language/", "next"), ("/lists/loans/columns", "back"), ("/lists/loans/views", "back")):
        sent = client.post(page, {field: to, "language": "en", "name": "x"}, headers={"Referer": to})
        assert sent["Location"] == "/", (page, to)


def test_a_host_that_is_not_ours_is_not_answered(client) -> None:
    client.raise_request_exception = False
    assert client.get("/account/login/", headers={"Host": "evil.example"}).status_code == 400
    answer = client.get("/loans/", headers={"X-Forwarded-Host": "evil.example"})
    assert "evil" not in answer["Location"]


def test_every_page_says_what_a_browser_may_do_with_it(logged_in) -> None:
    client, seen = logged_in("manager"), 0
    for pattern, name, view in EVERY:
        if not hasattr(view, "action"):
            continue
        answer = client.get(address(pattern, {"name": "loans"}))
        kind = answer.get("Content-Type", "")
        assert answer["X-Content-Type-Options"] == "nosniff", name
        assert answer["X-Frame-Options"] == "DENY", name
        assert answer["Referrer-Policy"] == "same-origin", name
        assert answer["Cross-Origin-Opener-Policy"] == "same-origin", name
        parts = [part.strip().partition(" ") for part in answer["Content-Security-Policy"].split(";")]
        said = {directive: told for directive, _space, told in parts}
        assert said["default-src"] == "'none'", name
        if answer.status_code == 200 and kind.startswith("text/html"):
            assert said["script-src"] == "'self'", name
            assert (said["frame-ancestors"], said["base-uri"], said["form-action"]) == ("'none'", "'none'", "'self'")
            assert answer["Cache-Control"] == "no-store", name
            seen += 1
        elif answer.status_code == 200:
            assert answer["Content-Disposition"].startswith("attachment"), (name, kind)
    assert seen > 5


def test_a_fault_of_ours_shows_nothing_of_the_program(logged_in, monkeypatch, caplog) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("kept to ourselves")

    client = logged_in("officer")
    client.raise_request_exception = False
    monkeypatch.setattr("postloan.desk.core.pages.desk_of", broken)
    answer = client.get("/loans/")
    assert answer.status_code == 500
    assert not any(told in answer.content.decode() for told in ("kept to", "Traceback", ".py", "postloan."))
    assert "kept to ourselves" in caplog.text, "whoever runs the server is told"


# Passwords ---------------------------------------------------------------------------------------------------------


def test_whoever_tries_passwords_is_locked_out_whatever_address_he_pretends() -> None:
    client = Client()
    for at in range(5):
        tried = {"login": "officer", "password": f"wrong-{at}"}
        client.post("/account/login/", tried, headers={"X-Forwarded-For": f"10.0.0.{at}"})
    assert log_in(client).status_code in {403, 429}  # type: ignore[attr-defined]
    assert not is_in(client)


def test_whoever_tries_one_password_on_many_names_is_slowed_down() -> None:
    client = Client()
    for at in range(30):
        log_in(client, f"kj{at}", "Spring2026!")
    log_in(client)
    assert not is_in(client), "from there nobody gets in for a minute, whatever he knows"


def test_behind_a_proxy_of_the_banks_an_attacker_locks_out_himself_and_nobody_else(settings) -> None:
    settings.PROXIES = 1
    client = Client()
    for at in range(6):
        there = {"X-Forwarded-For": f"1.2.3.{at}, 10.9.9.9"}
        client.post("/account/login/", {"login": "officer", "password": "wrong"}, headers=there)
    client.post("/account/login/", {"login": "officer", "password": RIGHT}, headers=there)
    assert not is_in(client)
    client.post("/account/login/", {"login": "officer", "password": RIGHT}, headers={"X-Forwarded-For": "10.0.0.7"})
    assert is_in(client)


@pytest.mark.parametrize(
    ("forwarded", "proxies", "seen"),
    [
        ("1.1.1.1, 2.2.2.2", 0, "9.9.9.9"), ("1.1.1.1, 2.2.2.2", 1, "2.2.2.2"), ("1.1.1.1, 2.2.2.2", 2, "1.1.1.1"),
        ("2.2.2.2", 2, "9.9.9.9"), ("", 1, "9.9.9.9"), ("x' OR 1=1", 1, "9.9.9.9"), ("::1", 1, "::1"),
    ],
)  # fmt: skip
def test_an_address_is_what_the_banks_own_proxy_saw(forwarded: str, proxies: int, seen: str) -> None:
    assert client_address("9.9.9.9", forwarded, proxies) == seen


def test_the_log_holds_no_secret(caplog, capfd) -> None:
    caplog.set_level("INFO")
    client, system = Client(), caller("lending_system", offices()[0])
    client.raise_request_exception = False
    log_in(client, password="Wrong-but-nearly")  # noqa: S106
    log_in(client)
    client.get("/loans/nowhere/")
    client.post("/account/login/", {"login": "x" * 50, "password": "\0of-nobody"})
    client.get("/api/lending/nowhere", headers=system.headers)
    client.get("/api/lending/nowhere", headers={"Authorization": "Bearer plt_not-a-token-of-ours"})
    written = caplog.text + "".join(capfd.readouterr())
    assert "refused" in written, "something was logged"
    secrets = (
        RIGHT, "Wrong-but-nearly", "of-nobody", system.secret, "plt_not-a-token", client.cookies["sessionid"].value,
        client.cookies["csrftoken"].value,
    )  # fmt: skip
    assert not [secret for secret in secrets if secret in written]


# Bounds of a request -------------------------------------------------------------------------------------------------


def test_a_pace_lets_so_many_through_at_once_and_as_many_again_in_a_minute() -> None:
    pace = Pace()
    assert [pace.wait_seconds("a", 3, at=0) for _time in range(4)] == [0, 0, 0, 20]
    assert pace.wait_seconds("b", 3, at=0) == 0, "each is counted for itself"
    assert pace.wait_seconds("a", 3, at=19.9) > 0
    assert pace.wait_seconds("a", 3, at=20) == 0
    assert [pace.wait_seconds("a", 3, at=1000) for _time in range(4)] == [0, 0, 0, 20], "what was not used is not saved"


def test_who_posts_too_often_is_told_when_to_come_again_and_nobody_else_is(logged_in, settings) -> None:
    settings.POSTS_A_MINUTE = 5
    client = logged_in("officer")
    for _time in range(5):
        assert client.post("/language/", {"language": "zh-hans"}).status_code == 302
    answer = client.post("/language/", {"language": "zh-hans"})
    assert answer.status_code == 429
    assert "PL-D42" in answer.content.decode()
    assert 1 <= int(answer["Retry-After"]) <= 13
    assert is_in(client), "reading goes on"
    assert logged_in("risk").post("/language/", {"language": "zh-hans"}).status_code == 302


def test_a_system_posts_at_its_own_pace(client, settings) -> None:
    settings.POSTS_A_MINUTE, settings.TOKEN_POSTS_A_MINUTE = 1, 3
    system = caller("dialler", offices()[0])

    def post() -> object:
        return client.post("/api/contact/ask", "{}", content_type="application/json", headers=system.headers)

    assert [post().status_code for _time in range(4)] == [400, 400, 400, 429]  # type: ignore[attr-defined]
    last = post()
    assert (last.json()["code"], last["Content-Type"]) == ("PL-D42", "application/problem+json")  # type: ignore[attr-defined,index]
    assert int(last["Retry-After"]) >= 1  # type: ignore[index]


class NeverRead:
    """A body that nobody may begin to read."""

    def read(self, *_: int) -> bytes:
        raise AssertionError

    readline = read


@pytest.mark.parametrize(("who", "bytes_most"), [("officer", 256 * 2**20), (None, 4 * 2**20)])
def test_what_is_too_large_is_refused_unread(who: str | None, bytes_most: int, logged_in) -> None:
    client = logged_in(who) if who else Client()
    more = {"CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": NeverRead()}
    for length in (bytes_most + 1, 2**30, -1, "1e9"):
        answer = client.post("/inspections/1/files", CONTENT_LENGTH=str(length), **more)
        assert answer.status_code == 413, length
        assert "PL-D43" in answer.content.decode()


def test_the_bound_itself_is_taken() -> None:
    request = RequestFactory().post("/inspections/1/files", CONTENT_LENGTH=str(256 * 2**20), CONTENT_TYPE="text/plain")
    request.user = person("officer")
    check_request(request)
    request.META["CONTENT_LENGTH"] = str(256 * 2**20 + 1)
    with pytest.raises(PostTooLarge):
        check_request(request)
    request = RequestFactory().get("/loans/?debtor=a%00b")
    with pytest.raises(FormWrong):
        check_request(request)


def test_more_fields_or_a_longer_one_than_a_form_has_are_refused(logged_in) -> None:
    client = logged_in("officer")
    client.raise_request_exception = False
    assert client.post("/lists/loans/columns", {f"f{at}": "" for at in range(5001)}).status_code == 400
    assert client.post("/lists/loans/columns", "name=" + "x" * (11 * 2**20),
                       content_type="application/x-www-form-urlencoded").status_code in {400, 413}  # fmt: skip


@pytest.mark.parametrize("body", ["[" * 100_000, '{"a":' * 100_000, "not json", "9" * 10_000, "\xff", "NaN", "[]"])
def test_json_that_is_none_is_refused(body: str, client) -> None:
    for page, role in (("/api/events", "event_system"), ("/api/contact/ask", "dialler")):
        headers = caller(role, offices()[0]).headers
        answer = client.post(page, body.encode("latin-1"), content_type="application/json", headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (400, "PL-D06"), page


@pytest.mark.parametrize(("text", "status"), [("x", 200), ("\\u0000", 400), ("\\ud800", 400), ("\\udfff y", 400)])
def test_what_no_database_keeps_is_no_text(text: str, status: int, client) -> None:
    headers = caller("event_system", offices()[0]).headers
    event = '{"events": [{"event_id": "e", "happened_on": "2026-01-01", "source": "court", "text": "%s"}]}'
    answer = client.post("/api/events", event.replace("%s", text), content_type="application/json", headers=headers)
    assert answer.status_code == status, answer.content.decode()
    assert client.get("/account/login/", {"next": "/a\0b"}).status_code == 400
    assert client.post("/account/login/", {"login": "a\0b", "password": "x"}).status_code == 400
