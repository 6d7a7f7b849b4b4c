"""Idle connections beside busy ones: do they hold, and what memory does each take?"""

import re
import socket
import subprocess
import time
from pathlib import Path

from child import ChildFailed
from columns import JAVA, NAMES, add_option, available, jdk
from command_line import Parser, between, duration, some_of
from echo import servers
from serving import Failures, Server, want_descriptors

KINDS = ("protocol", "streams")
PER_ADDRESS = 5000  # ports run short: a source address for so many connections
MESSAGE = bytes(range(256)) * 4


def read_options(arguments):
    parser = Parser(prog="ci/bench idle", description=__doc__)
    parser.add_argument("seconds", nargs="?", type=duration, default=5, help="of echo, twice; 5")
    parser.add_argument("--idle", type=between(1, 50_000, int), default=10_000, metavar="N")
    parser.add_argument("--busy", type=between(1, 1000, int), default=100, metavar="N")
    parser.add_argument("--kinds", type=some_of(KINDS), default=list(KINDS), metavar="KIND,…")
    # GraalPy's select(), which its stock loop uses, ends at 1,024.
    names = tuple(name for name in (*NAMES, JAVA) if name != "stock")
    add_option(parser, "--servers", "--columns", of=names)
    return parser.parse_args(arguments)


def connect(port, count):
    made = []
    for i in range(count):
        source = f"127.0.0.{2 + i // PER_ADDRESS}", 0
        made.append(socket.create_connection(("127.0.0.1", port), 20, source))
    return made


def trip(sockets):
    for each in sockets:
        each.sendall(MESSAGE)
    for each in sockets:
        echo = b""
        while len(echo) < len(MESSAGE):
            part = each.recv(len(MESSAGE) - len(echo))
            if not part:
                raise ConnectionError("the server closed a connection")
            echo += part
        if echo != MESSAGE:
            raise ConnectionError("an echo differs from what was sent")


def rate(busy, seconds):
    began = time.perf_counter()
    trips = 0
    while (took := time.perf_counter() - began) < seconds:
        trip(busy)
        trips += len(busy)
    return trips / took


def memory(server):
    """KiB resident, and of those alive in a JVM's heap (collected first: garbage is no connection's)."""
    alive = None
    if server.column.kind in ("javaloop", JAVA):

        def jcmd(command):
            return subprocess.check_output(
                [f"{jdk()}/bin/jcmd", str(server.pid), command], text=True
            )

        jcmd("GC.run")
        alive = int(re.search(r"total .* used (\d+)K", jcmd("GC.heap_info"))[1])
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s*(\d+) kB", status)[1]), alive


def measure(column, kind, options):
    server = Server(column, servers.command(column, kind))
    sockets = []
    try:
        port = server.said()["address"]
        busy = connect(port, options.busy)
        sockets += busy
        alone = rate(busy, options.seconds)
        before, alive_before = memory(server)
        idle = connect(port, options.idle)
        sockets += idle
        trip(busy)  # behind the last accept
        beside = rate(busy, options.seconds)
        after, alive_after = memory(server)
        for each in idle:
            trip([each])
        heap = "" if alive_after is None else f"{(alive_after - alive_before) / options.idle:.2f}"
        print(
            f"{kind:10} {column.name:8} {before / 1024:10.1f} {after / 1024:10.1f}"
            f" {(after - before) / options.idle:10.2f}"
            f" {heap:>10} {alone:10,.0f} {beside:10,.0f}",
            flush=True,
        )
    finally:
        for each in sockets:
            each.close()
        server.close()


def main(arguments):
    options = read_options(arguments)
    want_descriptors(options.idle + options.busy + 200)
    chosen = list(available(options.columns))
    failures = Failures("idle")
    print(
        f"{options.idle} idle connections beside {options.busy} that echo {len(MESSAGE)} bytes\n"
        f"{'':10} {'':8} {'MiB before':>10} {'and with':>10} {'KiB/idle':>10} {'of heap':>10}"
        f" {'trips/s':>10} {'with idle':>10}"
    )
    for kind in options.kinds:
        for column in chosen:
            try:
                measure(column, kind, options)
            except (ChildFailed, OSError) as error:
                failures.of(kind)(column, error)
    failures.end()
    print("each idle connection answered")
