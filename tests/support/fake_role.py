"""A process that speaks the control protocol of `serve`, and behaves as badly as it is told.

Run as `python fake_role.py CONTROL_FD NAME [OPTION…]`; see the options below.
"""

import argparse
import json
import os
import select
import signal
import socket
import sys
import threading
import time


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("control_fd", type=int)
    parser.add_argument("name")
    parser.add_argument("--ready-after", type=float, default=0.0)
    parser.add_argument("--never-ready", action="store_true")
    parser.add_argument("--die-after", type=float, help="after it was ready, with status 3")
    parser.add_argument("--fail", help="say that it cannot start, for this reason")
    parser.add_argument("--crash", help="die at once with these last words")
    parser.add_argument("--ignore-sigterm", action="store_true")
    parser.add_argument("--flood", action="store_true", help="write without end")
    parser.add_argument("--say", action="append", default=[], help="lines for standard error")
    parser.add_argument("--garbage", action="store_true", help="write nonsense to the control fd")
    parser.add_argument("--journal", help="file to note starts and stops in")
    parser.add_argument("--answer-on", type=int, help="listening socket to answer on")
    options = parser.parse_args()

    control = socket.socket(fileno=options.control_fd)
    stopping = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: None if options.ignore_sigterm else stopping.set())
    note(options, "start")
    for line in options.say:
        sys.stderr.write(line + "\n")
    sys.stderr.flush()
    if options.garbage:
        control.sendall(b'not json\n["no object"]\n{"event": "unheard of"}\n{"event": "ready"}\n')
    if options.crash is not None:
        sys.exit(options.crash)
    if options.fail is not None:
        send(control, event="failed", reason=options.fail)
        sys.exit(2)
    if options.flood:
        threading.Thread(target=flood, daemon=True).start()
    if options.answer_on is not None:
        threading.Thread(target=answer, args=(options,), daemon=True).start()
    time.sleep(options.ready_after)
    if not options.never_ready:
        send(control, event="ready", addresses={options.name.split("-")[0]: "127.0.0.1:1"})
    dies_at = time.monotonic() + (options.die_after if options.die_after is not None else 1e9)
    while not stopping.is_set():
        readable, _, _ = select.select([control], [], [], 0.02)
        if readable and not control.recv(4096):
            note(options, "orphaned")
            return
        if time.monotonic() > dies_at:
            sys.exit(3)
    note(options, "stop")


def send(control: socket.socket, **event: object) -> None:
    control.sendall(json.dumps(event).encode() + b"\n")


def note(options: argparse.Namespace, what: str) -> None:
    if options.journal:
        with open(options.journal, "a") as journal:  # noqa: PTH123 - starts faster without pathlib
            journal.write(f"{what} {options.name}\n")


def flood() -> None:
    while True:
        os.write(2, b"x" * 1000 + b"\n")


def answer(options: argparse.Namespace) -> None:
    listener = socket.socket(fileno=options.answer_on)
    while True:
        connection, _ = listener.accept()
        connection.sendall(options.name.encode())
        connection.close()


if __name__ == "__main__":
    main()
