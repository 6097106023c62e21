"""Identity numbers and phones are sealed in the facts, by a key that is not in the home folder."""

import stat
from pathlib import Path

import pytest
from delivering import Bank, with_row

from feeds import small_bank
from postloan.errors import KeyMissing
from postloan.intake.seal import Seal, find_seal

KEY, OTHER = "ab" * 32, "cd" * 32


def test_what_is_sealed_can_be_opened_and_is_the_same_each_time() -> None:
    seal, again = Seal(bytes.fromhex(KEY)), Seal(bytes.fromhex(KEY))
    sealed = seal.seal("phone", ["13800000000", "", "电话"])
    assert sealed == again.seal("phone", ["13800000000", "", "电话"])
    assert [seal.open("phone", text) for text in sealed] == ["13800000000", "", "电话"]
    assert len(set(sealed)) == 3


def test_columns_and_keys_are_apart() -> None:
    seal, other = Seal(bytes.fromhex(KEY)), Seal(bytes.fromhex(OTHER))
    assert seal.seal("phone", ["1"]) != seal.seal("id_number", ["1"])
    assert seal.match(["1"]) != other.match(["1"])
    assert seal.fingerprint != other.fingerprint
    for column, wrong in (("id_number", seal), ("phone", other)):
        with pytest.raises(KeyMissing):
            wrong.open(column, seal.seal("phone", ["1"])[0])
    with pytest.raises(KeyMissing):
        seal.open("phone", "not sealed")


def test_equal_identity_numbers_match_however_they_are_written() -> None:
    seal = Seal(bytes.fromhex(KEY))
    assert len(set(seal.match(["11010119900101001x", " 11010119900101001X "]))) == 1
    assert len(set(seal.match(["110101199001010011", "110101199001010012"]))) == 2


def test_no_plain_personal_data_lies_in_the_home(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTLOAN_KEY", KEY)
    bank.loaded(small_bank())
    for path in bank.home.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        assert b"13800000000" not in content, path
        assert b"11010819900101" not in content, path
        assert KEY.encode() not in content, path
    number, phone, match = bank.rows("debtor", "id_number", "phone", "id_number_hmac")[0]
    seal = Seal(bytes.fromhex(KEY))
    assert (seal.open("id_number", number), seal.open("phone", phone)) == ("110108199001010001", "13800000000")
    assert match == seal.match(["110108199001010001"])[0]


def test_another_key_is_refused_once_something_is_sealed(opened: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("POSTLOAN_KEY", OTHER)
    opened.refused(KeyMissing, opened.deliver(small_bank()))


@pytest.mark.parametrize("key", ["", "short", "ab" * 31])
def test_a_key_that_is_none_is_refused(opened: Bank, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
    monkeypatch.setenv("POSTLOAN_KEY", key)
    opened.refused(KeyMissing, opened.deliver(small_bank()))


def test_a_key_file_is_made_once_for_its_owner_only(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    path = bank.root / "keys" / "key"
    monkeypatch.delenv("POSTLOAN_KEY")
    monkeypatch.setenv("POSTLOAN_KEY_FILE", str(path))
    bank.loaded(small_bank())
    made = path.read_text()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    bank.loaded(with_row("debtor", lambda row: row.update(phone="1")), "2024-04-30")
    assert path.read_text() == made
    path.unlink()
    bank.refused(KeyMissing, bank.deliver(small_bank(), "2024-05-31"))
    assert not path.exists()


def test_a_key_file_in_the_home_is_refused(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTLOAN_KEY")
    monkeypatch.setenv("POSTLOAN_KEY_FILE", str(bank.home / "key"))
    bank.refused(KeyMissing, bank.deliver(small_bank()))


def test_no_key_is_asked_for_where_nothing_is_personal(bank: Bank, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTLOAN_KEY")
    path = bank.root / "key"
    monkeypatch.setenv("POSTLOAN_KEY_FILE", str(path))
    tables = small_bank()
    for row in tables["debtor"]:
        del row["id_number"], row["phone"]
    bank.loaded(tables)
    assert not path.exists()
    assert bank.rows("debtor", "id_number", "id_number_hmac") == [(None, None)] * 3


def test_the_key_file_is_found_in_the_users_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("POSTLOAN_KEY")
    monkeypatch.delenv("POSTLOAN_KEY_FILE", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    seal = find_seal(fingerprints=set(), home=tmp_path / "home")
    assert (tmp_path / ".config" / "postloan" / "key").exists()
    assert find_seal(fingerprints={seal.fingerprint}, home=tmp_path / "home").fingerprint == seal.fingerprint
