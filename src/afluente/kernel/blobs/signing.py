"""AWS Signature Version 4 for S3, as every compatible service checks it."""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

EMPTY = hashlib.sha256(b"").hexdigest()
UNSIGNED = "UNSIGNED-PAYLOAD"


def signed_headers(
    *,
    method: str,
    host: str,
    path: str,
    query: Mapping[str, str],
    payload: str,
    moment: datetime,
    region: str,
    key: str,
    secret: str,
) -> dict[str, str]:
    """The headers that prove who asks. `path` is quoted already; `payload` is the body's SHA-256 or UNSIGNED."""
    stamp = moment.strftime("%Y%m%dT%H%M%SZ")
    area = f"{stamp[:8]}/{region}/s3/aws4_request"
    headers = {"host": host, "x-amz-content-sha256": payload, "x-amz-date": stamp}
    names = ";".join(sorted(headers))
    lines = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
    request = "\n".join([method, path, query_text(query), lines, names, payload])
    text = "\n".join(["AWS4-HMAC-SHA256", stamp, area, hashlib.sha256(request.encode()).hexdigest()])
    signature = hmac.new(_signing_key(secret, stamp[:8], region), text.encode(), hashlib.sha256).hexdigest()
    headers["authorization"] = (
        f"AWS4-HMAC-SHA256 Credential={key}/{area}, SignedHeaders={names}, Signature={signature}"
    )
    return headers


def query_text(query: Mapping[str, str]) -> str:
    """The query in the one spelling that is signed."""
    return "&".join(f"{quote(name, safe='-_.~')}={quote(query[name], safe='-_.~')}" for name in sorted(query))


def _signing_key(secret: str, day: str, region: str) -> bytes:
    found = f"AWS4{secret}".encode()
    for part in (day, region, "s3", "aws4_request"):
        found = hmac.new(found, part.encode(), hashlib.sha256).digest()
    return found
