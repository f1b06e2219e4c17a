"""A message centre (SMSC) of SMPP 3.4 in a process of its own: the server of the package smpp34.

`python -m tests.message_centre PORT FILE` prints its port and writes each submit_sm as a line of JSON. A receiver
ending in 0001 does not exist; 0002 is throttled the first time; to 0003 nothing arrives; 0004 is never answered; 0005
takes the first part of a long message and is throttled at the second, always. Receipts come in the same session.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import socket
import sys
from pathlib import Path

import smpp34

INVALID_TO = 0x0B


async def main(port: int, file: Path) -> None:
    """Answer until somebody ends the process."""
    port = port or _free()
    server = smpp34.Server(host="127.0.0.1", port=port, system_id="MARE")
    await server.start()
    print(port, flush=True)  # noqa: T201
    sessions: dict[str, smpp34.Esme] = {}
    numbers, throttled, running = itertools.count(0xA1), set(), set()
    while True:
        event = await server.next()
        if isinstance(event, smpp34.Esme):
            sessions[event.session_id] = event
        if not isinstance(event, smpp34.SubmitSmEvent):
            continue
        to = event.destination_addr
        names = ("source_addr", "source_addr_ton", "destination_addr", "dest_addr_ton", "esm_class")
        line = {name: getattr(event, name) for name in (*names, "data_coding", "registered_delivery")}
        with file.open("a") as log:
            log.write(json.dumps({**line, "text": bytes(event.short_message).hex()}) + "\n")
        if to.endswith("0004"):
            continue
        if to.endswith("0001"):
            event.reject(INVALID_TO)
            continue
        is_second = to.endswith("0005") and event.esm_class and event.short_message[5] == 2
        if is_second or (to.endswith("0002") and to not in throttled):
            throttled.add(to)
            event.reject(smpp34.ESME_RTHROTTLED)
            continue
        number = f"{next(numbers):x}"
        event.accept(message_id=number)
        if event.registered_delivery:
            task = asyncio.create_task(_receipt(sessions[event.session_id], event, number))
            running.add(task)
            task.add_done_callback(running.discard)


def _free() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


async def _receipt(esme: smpp34.Esme, event: smpp34.SubmitSmEvent, number: str) -> None:
    """What became of it: the number in ten digits in the text, as some centres write it."""
    state = "UNDELIV" if event.destination_addr.endswith("0003") else "DELIVRD"
    said = f"id:{int(number, 16)} sub:001 dlvrd:001 submit date:2611230100 done date:2611230100 "
    await esme.deliver_sm(
        source_addr=event.destination_addr,
        destination_addr=event.source_addr,
        esm_class=0x04,
        short_message=f"{said}stat:{state} err:011 text:Oi".encode(),
    )


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), Path(sys.argv[2])))
