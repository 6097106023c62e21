"""An identity provider on this machine that speaks OpenID Connect: code with PKCE, tokens signed RS256."""

import base64
import hashlib
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "postloan-desk", "a secret of the test"


@dataclass
class Provider:
    """What it tells of whoever logs in, and how it misbehaves."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    says: dict[str, Any] = field(default_factory=dict)  # overrides of the token: iss, aud, exp
    signs_wrongly: bool = False
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    keys: list[rsa.RSAPrivateKey] = field(
        default_factory=lambda: [rsa.generate_private_key(public_exponent=65537, key_size=2048) for _ in range(2)]
    )

    def authorize(self, query: dict[str, str]) -> str:
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        assert "openid" in query["scope"].split()
        assert query["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = query
        return query["redirect_uri"] + "?" + urlencode({"code": code, "state": query["state"]})

    def token(self, form: dict[str, str], authorization: str) -> dict[str, Any] | None:
        asked = self.codes.pop(form.get("code", ""), None)
        proof = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        given = (form.get("client_id"), form.get("client_secret"))
        if authorization.startswith("Basic "):
            given = tuple(base64.b64decode(authorization[6:]).decode().split(":", 1))
        if (
            asked is None
            or given != (CLIENT, SECRET)
            or asked["redirect_uri"] != form["redirect_uri"]
            or proof.decode().rstrip("=") != asked["code_challenge"]
        ):
            return None
        now = int(time.time())
        said = {"iss": self.url, "aud": CLIENT, "sub": "s-1", "iat": now, "exp": now + 60} | self.claims | self.says
        signed = jwt.encode(said, self.keys[1 if self.signs_wrongly else 0], "RS256", headers={"kid": "k1"})
        return {"access_token": "opaque", "token_type": "Bearer", "expires_in": 60, "id_token": signed}

    def answer(self, path: str) -> dict[str, Any]:
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url, "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token", "userinfo_endpoint": f"{self.url}/userinfo",
                "jwks_uri": f"{self.url}/jwks", "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }  # fmt: skip
        if path == "/jwks":
            key = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.keys[0].public_key()))
            return {"keys": [key | {"kid": "k1", "alg": "RS256", "use": "sig"}]}
        return {"sub": "s-1"} if self.userinfo is None else self.userinfo


@contextmanager
def identity_provider() -> Iterator[Provider]:
    """Serve one until the test ends."""
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked = urlsplit(self.path)
            if asked.path == "/authorize":
                self.send_response(302)
                query = {name: values[0] for name, values in parse_qs(asked.query).items()}
                self.send_header("Location", provider.authorize(query))
                self.end_headers()
                return
            self._send(200, provider.answer(asked.path))

        def do_POST(self) -> None:
            read = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(read).items()}
            found = provider.token(form, self.headers.get("Authorization", ""))
            self._send(200 if found else 400, found or {"error": "invalid_grant"})

        def _send(self, status: int, content: dict[str, Any]) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(content).encode())

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        provider.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield provider
        finally:
            server.shutdown()
            thread.join()
