"""Bytes under random keys: where files lie. It knows no names, no people and no rights.

Two places, one meaning: a folder of this machine, or a bucket of any S3-compatible service
(docs/decisions/0071-storage.md). What `put` has returned from survives a crash.
"""

from afluente.kernel.blobs.base import PIECE, BlobError, MissingBlobError, Storage, new_key
from afluente.kernel.blobs.local import LocalStorage
from afluente.kernel.blobs.places import at, storage
from afluente.kernel.blobs.s3 import S3Address, S3Storage, parse_address

__all__ = [
    "PIECE",
    "BlobError",
    "LocalStorage",
    "MissingBlobError",
    "S3Address",
    "S3Storage",
    "Storage",
    "at",
    "new_key",
    "parse_address",
    "storage",
]
