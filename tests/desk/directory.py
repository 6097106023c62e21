"""A directory on this machine: OpenLDAP's own server, where it and the extra `ldap` are installed."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

BASE, READER, READER_PASSWORD = "dc=bank,dc=example", "cn=reader,dc=bank,dc=example", "reads only"
_SLAPD = shutil.which("slapd", path=os.environ.get("PATH", "") + os.pathsep + "/usr/sbin")
_STARTS_SECONDS = 10


def needs_directory() -> str:
    """The server, or the reason why a test is skipped."""
    pytest.importorskip("ldap", reason="the extra ldap is not installed")
    if _SLAPD is None:
        pytest.skip("slapd is not installed")
    return _SLAPD


def people(*entries: tuple[str, str, str]) -> str:
    """Persons as LDIF: user name, password, employee number."""
    person = (
        "dn: uid={0},{base}\nobjectClass: inetOrgPerson\nuid: {0}\ncn: {0}\nsn: {0}\nuserPassword: {1}\n"
        "employeeNumber: {2}\n\n"
    )
    top = f"dn: {BASE}\nobjectClass: dcObject\nobjectClass: organization\no: bank\ndc: bank\n\n"
    return top + "".join(person.format(*each, base=BASE) for each in entries)


@contextmanager
def directory(folder: Path, ldif: str) -> Iterator[str]:
    """Serve a directory with some people until the test ends; its address."""
    slapd = needs_directory()
    root = Path(slapd).parents[2]
    (folder / "data").mkdir()
    schema = "".join(f"include {root}/etc/ldap/schema/{name}.schema\n" for name in ("core", "cosine", "inetorgperson"))
    (folder / "slapd.conf").write_text(
        f"{schema}modulepath {root}/usr/lib/ldap\nmoduleload back_mdb\npidfile {folder}/pid\n"
        f'database mdb\nsuffix {BASE}\ndirectory {folder}/data\nrootdn {READER}\nrootpw "{READER_PASSWORD}"\n'
        "access to attrs=userPassword by anonymous auth by * none\naccess to * by * none\n"
    )
    (folder / "people.ldif").write_text(ldif)
    config = ["-f", str(folder / "slapd.conf")]
    subprocess.run([str(Path(slapd).with_name("slapadd")), *config, "-l", str(folder / "people.ldif")], check=True)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen([slapd, *config, "-h", f"ldap://127.0.0.1:{port}", "-d", "0"])
    try:
        _wait(port)
        yield f"ldap://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _wait(port: int) -> None:
    ends = time.monotonic() + _STARTS_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > ends:
                raise
            time.sleep(0.05)
        else:
            return
