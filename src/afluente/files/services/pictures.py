"""Pictures of files: a small one for lists and a large one to look at, both made anew by us.

What a stranger sent is never shown as it came (S-10): pixels are read in a process of its own, which
has a limit of memory and time and nothing worth stealing, and written as WebP.
"""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

MOST_PIXELS = 50_000_000  # 50 megapixels; a camera has 12 to 50
SMALL, LARGE = 320, 1600  # longest edge
MEMORY = 1_500_000_000  # bytes of addresses; a page of 50 megapixels takes 200 MB
SECONDS = 20


class NoPictureError(Exception):
    """The file shows nothing, or too much."""


def draw(path: Path, media_type: str) -> tuple[bytes, bytes]:
    """The small and the large picture of a file on this machine, as WebP.

    Raises NoPictureError for what is broken, too large or takes too long.
    """
    command = [sys.executable, "-I", str(Path(__file__)), str(path), media_type]
    try:
        done = subprocess.run(  # noqa: S603  this very file
            command, capture_output=True, timeout=SECONDS + 5, check=False, env={"PATH": ""}, close_fds=True
        )
    except subprocess.TimeoutExpired as late:
        raise NoPictureError("It takes too long.") from late
    if done.returncode or len(done.stdout) < 8:
        raise NoPictureError(done.stderr.decode("utf-8", "replace").strip()[-200:] or "It is broken.")
    size = int.from_bytes(done.stdout[:8], "big")
    return done.stdout[8 : 8 + size], done.stdout[8 + size :]


def _main(path: str, media_type: str) -> None:
    import resource  # noqa: PLC0415  only here, and not on every system

    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    image = _page(path) if media_type == "application/pdf" else _image(path)
    small, large = _drawn(image, SMALL), _drawn(image, LARGE)
    sys.stdout.buffer.write(len(small).to_bytes(8, "big") + small + large)


def _image(path: str):  # type: ignore[no-untyped-def]
    from PIL import Image, ImageOps  # noqa: PLC0415

    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    with Image.open(path, formats=["PNG", "JPEG", "GIF", "WEBP", "BMP", "TIFF"]) as found:
        if found.width * found.height > MOST_PIXELS:
            raise SystemExit("too many pixels")
        found.draft("RGB", (LARGE, LARGE))
        return ImageOps.exif_transpose(found.convert("RGBA" if "A" in found.getbands() else "RGB"))


def _page(path: str):  # type: ignore[no-untyped-def]
    import pypdfium2  # type: ignore[import-untyped]  # noqa: PLC0415

    page = pypdfium2.PdfDocument(path)[0]
    width, height = page.get_size()
    scale = min(LARGE / max(width, height, 1.0), 4.0)
    return page.render(scale=scale).to_pil().convert("RGB")


def _drawn(image, edge: int) -> bytes:  # type: ignore[no-untyped-def]
    picture = image.copy()
    picture.thumbnail((edge, edge))
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


if __name__ == "__main__":
    _main(sys.argv[1], sys.argv[2])
