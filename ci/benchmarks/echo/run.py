"""TCP echo on 127.0.0.1: round trips, latency and the server's CPU time, one client for all servers.

Every cell (a kind of server, a message size, a number of connections) is measured on all servers in
turn, so that ratios compare what ran at about the same time.
"""

import argparse
import json
import math
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from columns import jdk as jdk_of
from command_line import Parser, duration, some_of
from echo.servers import COMMANDS, Server, here, want_descriptors

jdk = jdk_of()

WITH_JIT = ("stock", "javaloop", "jep", "java")
KINDS = ("protocol", "streams", "protocol-tls", "streams-tls")
TLS_CONNECTIONS = 100  # the client has a thread for each
SELECT_CONNECTIONS = 900  # GraalPy's select() takes descriptors below 1,024


def numbers(most):
    def parse(text):
        chosen = [int(each) for each in text.split(",")]
        if not all(1 <= each <= most for each in chosen):
            raise argparse.ArgumentTypeError(f"1 to {most}, please")
        return chosen

    return parse


def arguments():
    parser = Parser(prog="ci/bench echo", description=__doc__.partition("\n")[0])
    parser.add_argument("seconds", nargs="?", type=duration, help="measured for each row; 2")
    parser.add_argument("--seconds", dest="also_seconds", type=duration, metavar="SECONDS")
    parser.add_argument("--sizes", type=numbers(65536), default=[1024, 65536], metavar="BYTES,…")
    parser.add_argument(
        "--connections", type=numbers(1000), default=[1, 10, 100, 1000], metavar="N,…"
    )
    parser.add_argument("--kinds", type=some_of(KINDS), default=list(KINDS), metavar="KIND,…")
    parser.add_argument(
        "--servers", type=some_of(COMMANDS), default=list(COMMANDS), metavar="SERVER,…"
    )
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(sys.argv[2:])
    options.seconds = options.also_seconds or options.seconds or 2
    if min(options.connections) > TLS_CONNECTIONS and all("tls" in k for k in options.kinds):
        parser.error(f"TLS is measured up to {TLS_CONNECTIONS} connections")
    if options.json and not options.json.resolve().parent.is_dir():
        parser.error(f"--json: there is no folder {options.json.parent}")
    return options


class Client:
    def __init__(self):
        self._process = subprocess.Popen(
            [
                *(f"{jdk}/bin/java", "-XX:+UseSerialGC", "-Xmx1g", str(here / "Client.java")),
                *(files[0], str(os.sysconf("SC_CLK_TCK"))),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            preexec_fn=client_core and (lambda: os.sched_setaffinity(0, {client_core})),
        )

    def ask(self, *cell):
        print(*cell, file=self._process.stdin, flush=True)
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("ci/bench echo: the client ended")
        return json.loads(line)

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()


class Measured:
    """A server; its loop's thread stays on one core, its JIT and GC go where they like."""

    def __init__(self, name, kind):
        self.name = name
        self._kind = kind
        self._start()

    def _start(self):
        flavour, _, self._tls = self._kind.partition("-")
        self._server = Server(self.name, flavour, *(files if self._tls else []))
        self._warm = set()

    def row(self, size, connections):
        row = self.warm_up(size)
        if "error" not in row:
            row = self._ask(size, connections, options.seconds, 0, 20)
        row |= {"kind": self._kind, "size": size, "connections": connections, "server": self.name}
        if "error" in row:
            self.close()
            self._start()
        return row

    def warm_up(self, size):
        """Once for each start and size: a JIT compiles anew what its first connections, or messages of one size, did not need."""
        row = {}
        rounds, *limits = (3, 7, 90) if self.name in WITH_JIT else (1, 1, 6)
        while size not in self._warm and rounds and "error" not in row:
            row = self._ask(size, 10, 0.5, *limits)
            rounds -= 1
        if "error" not in row:
            self._warm.add(size)
        return row

    def _ask(self, size, connections, seconds, least, most):
        said = self._server.said()
        if server_core is not None:
            os.sched_setaffinity(said["thread"], {server_core})
        place = said["port"], self._server.pid, said["thread"]
        tls = self._tls or "plain"
        return client.ask(tls, size, connections, seconds, least, most, *place)

    def close(self):
        self._server.close()


def measure_all():
    for kind in options.kinds:
        most = TLS_CONNECTIONS if kind.endswith("-tls") else math.inf
        servers = [Measured(name, kind) for name in options.servers]
        try:
            for size in options.sizes:
                for server in servers:  # before any is measured: compilers take time from others
                    server.warm_up(size)
                for connections in options.connections:
                    for server in servers:
                        limit = SELECT_CONNECTIONS if server.name == "stock" else math.inf
                        if connections <= min(most, limit):
                            row = server.row(size, connections)
                            print(told(row), flush=True)
                            yield row
        finally:
            for server in servers:
                server.close()


def told(row):
    start = f"{row['kind']:12} {row['size']:6} {row['connections']:5} {row['server']:8}"
    if "error" in row:
        return f"{start} FAILED: {row['error']}"
    latency = f"{row['p50_us']:8,.0f} {row['p99_us']:8,.0f}"
    if row["connections"] > 100:
        latency = f"{'':17}"  # mostly the queue before the server
    return (
        f"{start} {row['per_second']:8,.0f} {latency} {row['loop_cpu_us']:8.1f}"
        f" {row['loop_in_kernel']:7.0%} {row['process_cpu_us']:8.1f}{'' if row['steady'] else '  not steady'}"
    )


def tell_ratios(others):
    cells = {}
    for row in rows:
        if "error" not in row:
            cell = cells.setdefault((row["kind"], row["size"], row["connections"]), {})
            cell[row["server"]] = row["loop_cpu_us"], row["process_cpu_us"]
    print("\nCPU a round trip, javaloop against others: of the loop's thread, of the process")
    print(f"{'kind':12} {'bytes':>6} {'conns':>5}", *(f"{'/' + name:>15}" for name in others))
    ratios = {name: [] for name in others}

    def column(pair):
        return f"{pair[0]:8.2f} {pair[1]:6.2f}" if pair else f"{'':15}"

    for (kind, size, connections), cell in cells.items():
        pairs = {}
        for name in others:
            if {name, "javaloop"} <= cell.keys():
                pairs[name] = [
                    ours / its for ours, its in zip(cell["javaloop"], cell[name], strict=True)
                ]
                ratios[name].append(pairs[name])
        if pairs:
            columns = (column(pairs.get(name)) for name in others)
            print(f"{kind:12} {size:6} {connections:5}", *columns)
    means = (
        column([statistics.geometric_mean(each) for each in zip(*pairs, strict=True)])
        for pairs in ratios.values()
    )
    print(f"{'geometric mean':25}", *means)


def make_certificate(folder):
    if not shutil.which("openssl"):
        raise SystemExit("ci/bench echo: openssl, which makes the certificate, is not on PATH")
    certificate, key = f"{folder}/certificate.pem", f"{folder}/key.pem"
    made = subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2"),
            *("-subj", "/CN=localhost", "-out", certificate, "-keyout", key),
        ],
        stderr=subprocess.PIPE,
        text=True,
    )
    if made.returncode:
        raise SystemExit(f"ci/bench echo: openssl made no certificate: {made.stderr.strip()}")
    return certificate, key


options = arguments()
want_descriptors(max(options.connections) + 100)
cores = sorted(os.sched_getaffinity(0))
client_core, server_core = (cores[-1], cores[0]) if len(cores) > 1 else (None, None)
with tempfile.TemporaryDirectory() as folder:
    files = make_certificate(folder)
    client = Client()
    if client_core:
        print(f"client on core {client_core}, servers' loop threads on core {server_core}", end="")
        print(", their JIT and GC threads on any", end="")
    else:
        print("one core for all", end="")
    print(f"; a load of {os.getloadavg()[0]:.1f} before")
    print(f"TLS: a client thread a connection, so up to {TLS_CONNECTIONS}")
    print(
        f"{'kind':12} {'bytes':>6} {'conns':>5} {'server':8} {'trips/s':>8} {'p50 us':>8}"
        f" {'p99 us':>8} {'loop':>8} {'kernel':>7} {'process':>8}  CPU us a trip; kernel: its part of the loop's"
    )
    rows = list(measure_all())
    client.close()
if options.json:
    options.json.write_text(json.dumps({"seconds": options.seconds, "rows": rows}, indent=1))
others = [each for each in ("uvloop", "java", "cpython", "stock") if each in options.servers]
if others and "javaloop" in options.servers:
    tell_ratios(others)
failed = sum("error" in row for row in rows)
if failed:
    raise SystemExit(f"ci/bench echo: {failed} of {len(rows)} rows failed")
