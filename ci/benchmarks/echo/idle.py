"""Idle connections beside busy ones: do they hold, and what memory does each take?"""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

from columns import jdk as jdk_of
from command_line import Parser, duration, some_of
from echo.servers import COMMANDS, Server, want_descriptors

jdk = jdk_of()

KINDS = ("protocol", "streams")
NAMES = [name for name in COMMANDS if name != "stock"]  # its select() ends at 1,024
PER_ADDRESS = 5000  # ports run short: a source address for so many connections
MESSAGE = bytes(range(256)) * 4

parser = Parser(prog="ci/bench idle", description=__doc__)
parser.add_argument("seconds", nargs="?", type=duration, default=5, help="of echo, twice; 5")
parser.add_argument("--idle", type=int, default=10_000, metavar="N")
parser.add_argument("--busy", type=int, default=100, metavar="N")
parser.add_argument("--kinds", type=some_of(KINDS), default=list(KINDS), metavar="KIND,…")
parser.add_argument("--servers", type=some_of(NAMES), default=NAMES, metavar="SERVER,…")
options = parser.parse_args(sys.argv[2:])
if not 1 <= options.idle <= 50_000 or not 1 <= options.busy <= 1000:
    parser.error("--idle 1 to 50000, --busy 1 to 1000, please")
want_descriptors(options.idle + options.busy + 200)


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
                raise SystemExit("ci/bench idle: the server closed a connection")
            echo += part
        if echo != MESSAGE:
            raise SystemExit("ci/bench idle: an echo differs from what was sent")


def rate(busy):
    began = time.perf_counter()
    trips = 0
    while (took := time.perf_counter() - began) < options.seconds:
        trip(busy)
        trips += len(busy)
    return trips / took


def memory(server):
    """KiB resident, and of those alive in a JVM's heap (collected first: garbage is no connection's)."""
    alive = None
    if server.name in ("javaloop", "java"):

        def jcmd(command):
            return subprocess.check_output([f"{jdk}/bin/jcmd", str(server.pid), command], text=True)

        jcmd("GC.run")
        alive = int(re.search(r"total .* used (\d+)K", jcmd("GC.heap_info"))[1])
    status = Path(f"/proc/{server.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s*(\d+) kB", status)[1]), alive


def measure(name, kind):
    server = Server(name, kind)
    sockets = []
    try:
        port = server.said()["port"]
        busy = connect(port, options.busy)
        sockets += busy
        alone = rate(busy)
        before, alive_before = memory(server)
        idle = connect(port, options.idle)
        sockets += idle
        trip(busy)  # behind the last accept
        beside = rate(busy)
        after, alive_after = memory(server)
        for each in idle:
            trip([each])
        heap = "" if alive_after is None else f"{(alive_after - alive_before) / options.idle:.2f}"
        print(
            f"{kind:10} {name:8} {before / 1024:10.1f} {after / 1024:10.1f}"
            f" {(after - before) / options.idle:10.2f}"
            f" {heap:>10} {alone:10,.0f} {beside:10,.0f}",
            flush=True,
        )
    finally:
        for each in sockets:
            each.close()
        server.close()


print(
    f"{options.idle} idle connections beside {options.busy} that echo {len(MESSAGE)} bytes\n"
    f"{'':10} {'':8} {'MiB before':>10} {'and with':>10} {'KiB/idle':>10} {'of heap':>10}"
    f" {'trips/s':>10} {'with idle':>10}"
)
for kind in options.kinds:
    for name in options.servers:
        measure(name, kind)
print("each idle connection answered")
