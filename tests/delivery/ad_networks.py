"""Ad networks in a process of their own, and audiences that lead to them.

`python -m tests.delivery.ad_networks FILE` prints its port. It answers as the Graph API and the Data Manager API do,
keeps what it holds itself, and writes it into FILE after each change: {"members": {list: [[email, phone]…]},
"tokens": n}. Tokens of Google are given for a claim whose signature it has checked; a request with another token is
refused. A list called 4xx… answers as its number says, see `_trouble`.
"""

from __future__ import annotations

import json
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pytest_httpserver import HTTPServer, URIPattern
from werkzeug import Request, Response

if TYPE_CHECKING:
    from collections.abc import Iterator

META_TOKEN = "EAAB" + "x" * 40  # nobody's
BUSY, GONE_TOKEN, BLOCKED, DOWN = "4001", "4002", "4003", "4004"
SCOPE = "https://www.googleapis.com/auth/datamanager"


class Everything(URIPattern):
    """Every address."""

    def match(self, uri: str) -> bool:
        return bool(uri)


class Networks:
    """What both hold."""

    def __init__(self, file: Path, public_key: str) -> None:
        self.file, self.public_key = file, public_key
        self.members: dict[str, dict[str, None]] = {}
        self.tokens: set[str] = set()
        self.requests: list[str] = []
        self.base = ""

    def answer(self, request: Request) -> Response:
        said = self._answer(request)
        kept = {one: [json.loads(row) for row in rows] for one, rows in self.members.items()}
        self.file.write_text(
            json.dumps({"members": kept, "tokens": len(self.tokens), "requests": self.requests})
        )
        return said

    def _answer(self, request: Request) -> Response:
        self.requests.append(f"{request.method} {request.path}")
        if request.path == "/token":
            return self._grant(request)
        if request.path.startswith("/google/"):
            return self._google(request)
        return self._meta(request)

    def _meta(self, request: Request) -> Response:
        audience = request.path.split("/")[-2]
        if request.headers.get("Authorization") != f"Bearer {META_TOKEN}" or audience == GONE_TOKEN:
            error = {"message": "Error validating access token", "type": "OAuthException", "code": 190}
            return _json({"error": error}, 400)
        if trouble := _trouble(audience, len(self.requests)):
            return trouble
        payload = json.loads(request.get_data())["payload"]
        assert payload["schema"] == ["EMAIL", "PHONE"]
        assert len(payload["data"]) <= 10_000
        self._keep(audience, payload["data"], is_removal=request.method == "DELETE")
        return _json(
            {"audience_id": audience, "num_received": len(payload["data"]), "num_invalid_entries": 0}
        )

    def _grant(self, request: Request) -> Response:
        try:
            claim = jwt.decode(
                request.form["assertion"],
                self.public_key,
                algorithms=["RS256"],
                audience=f"{self.base}/token",
            )
            assert request.form["grant_type"] == "urn:ietf:params:oauth:grant-type:jwt-bearer"
            assert claim["scope"] == SCOPE
        except (jwt.PyJWTError, AssertionError, KeyError) as bad:
            return _json({"error": "invalid_grant", "error_description": f"Invalid JWT: {bad}"}, 400)
        token = f"ya29.{len(self.tokens)}"
        self.tokens.add(token)
        return _json({"access_token": token, "expires_in": 3599, "token_type": "Bearer"})

    def _google(self, request: Request) -> Response:
        if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
            return _json({"error": {"code": 401, "message": "No token.", "status": "UNAUTHENTICATED"}}, 401)
        said = json.loads(request.get_data())
        (destination,) = said["destinations"]
        assert destination["operatingAccount"] == {"accountType": "GOOGLE_ADS", "accountId": "1234567890"}
        assert said["encoding"] == "HEX"
        is_removal = request.path.endswith(":remove")
        if not is_removal and said["consent"]["adUserData"] != "CONSENT_GRANTED":
            return _json({"error": {"code": 400, "message": "No consent", "status": "INVALID_ARGUMENT"}}, 400)
        rows = []
        for member in said["audienceMembers"]:
            found = {}
            for one in member["userData"]["userIdentifiers"]:
                assert len(one) == 1
                found |= one
            rows.append([found.get("emailAddress", ""), found.get("phoneNumber", "")])
        self._keep(destination["productDestinationId"], rows, is_removal=is_removal)
        return _json({"requestId": f"r{len(self.requests)}"})

    def _keep(self, audience: str, rows: list[list[str]], *, is_removal: bool) -> None:
        kept = self.members.setdefault(audience, {})
        for row in rows:
            if is_removal:
                kept.pop(json.dumps(row), None)
            else:
                kept[json.dumps(row)] = None


def _trouble(audience: str, count: int) -> Response | None:
    """Limits are told once and pass, as the documents of the Graph API show them; the rest stays."""
    if audience == BUSY and count == 1:
        error = {"message": "There have been too many calls", "code": 80_003, "is_transient": True}
        return _json({"error": error}, 400)
    if audience == BLOCKED:
        words = "Resolve the restrictions of this audience first."
        error = {
            "message": "Invalid parameter",
            "code": 100,
            "error_subcode": 1_713_230,
            "error_user_msg": words,
        }
        return _json({"error": error}, 400)
    return Response("<html>Bad gateway</html>", status=502) if audience == DOWN else None


def _json(said: Any, status: int = 200) -> Response:
    return Response(json.dumps(said), status=status, content_type="application/json")


@dataclass(frozen=True)
class Ads:
    """The networks as a test sees them."""

    port: int
    file: Path
    key: str

    @property
    def meta(self) -> str:
        return f"http://127.0.0.1:{self.port}/meta"

    @property
    def google(self) -> str:
        return f"http://127.0.0.1:{self.port}/google"

    @property
    def kept(self) -> Any:
        empty = {"members": {}, "tokens": 0, "requests": []}
        return json.loads(self.file.read_text()) if self.file.exists() else empty

    def members(self, audience: str) -> list[list[str]]:
        found: list[list[str]] = self.kept["members"].get(audience, [])
        return found

    def key_file(self) -> str:
        """The file of a service account, as Google gives it out."""
        said = {
            "type": "service_account",
            "client_email": "crm@mare.iam.example",
            "private_key_id": "k1",
            "private_key": self.key,
            "token_uri": f"http://127.0.0.1:{self.port}/token",
        }
        return json.dumps(said)


@contextmanager
def ad_networks(folder: Path) -> Iterator[Ads]:
    """Both networks, until the end of the block."""
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2_048)
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()
    public = key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    (folder / "public.pem").write_bytes(public)
    file = folder / "ads.json"
    command = [sys.executable, "-m", "tests.delivery.ad_networks", str(file), str(folder / "public.pem")]
    with subprocess.Popen(  # noqa: S603
        command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            yield Ads(int(process.stdout.readline()), file, private)
        finally:
            process.kill()


def main(file: Path, public_key: Path) -> None:
    """Answer until somebody ends the process."""
    networks = Networks(file, public_key.read_text())
    server = HTTPServer(host="127.0.0.1", port=0)
    server.expect_request(Everything()).respond_with_handler(networks.answer)
    server.start()
    networks.base = f"http://127.0.0.1:{server.port}"
    print(server.port, flush=True)  # noqa: T201
    sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
