"""Echo on this machine: round trips, latency and the server's CPU time, one client for all servers.

Every cell (a kind of server, a message size, a number of connections) is measured on all servers in
turn, so that ratios compare what ran at about the same time.
"""

import json
import shutil
import statistics
import subprocess
import tempfile
from dataclasses import dataclass

import machine
from columns import JAVA, NAMES, add_option, available, pairs
from command_line import Parser, between, duration, new_file, numbers, some_of
from echo import servers
from serving import (
    Client,
    Failures,
    MeasuredServer,
    add_warm_up_option,
    measure_in_turn,
    want_descriptors,
    warm_all_up,
)
from tables import number, print_means, print_ratios, print_table

SELECT_CONNECTIONS = 900  # GraalPy's select() takes descriptors below 1,024


@dataclass
class Kind:
    """A kind of server, and what the client can ask of it."""

    server: str
    transport: str
    group: str
    """The rows that a mean is told of."""
    connections: int = 1000
    size: int = 65536


KINDS = {
    "protocol": Kind("protocol", "tcp", "TCP"),
    "streams": Kind("streams", "tcp", "TCP"),
    # The client has a thread for each.
    "protocol-tls": Kind("protocol", "tls", "TLS", connections=100),
    "streams-tls": Kind("streams", "tls", "TLS", connections=100),
    "unix": Kind("unix", "unix", "Unix"),
    # What the server's socket can hold, and a datagram.
    "udp": Kind("udp", "udp", "UDP", connections=100, size=65507),
}


def read_options(arguments):
    parser = Parser(prog="ci/bench echo", description=__doc__.partition("\n")[0])
    parser.add_argument("seconds", nargs="?", type=duration, help="measured for each row; 2")
    parser.add_argument("--seconds", dest="also_seconds", type=duration, metavar="SECONDS")
    parser.add_argument("--sizes", type=numbers(65536), default=[1024, 65536], metavar="BYTES,…")
    parser.add_argument(
        "--connections", type=numbers(1000), default=[1, 10, 100, 1000], metavar="N,…"
    )
    parser.add_argument("--kinds", type=some_of(KINDS), default=list(KINDS), metavar="KIND,…")
    add_option(parser, "--servers", "--columns", of=(*NAMES, JAVA))
    parser.add_argument(
        "--rounds", type=between(1, 100, int), default=1, help="in turn; medians are compared; 1"
    )
    add_warm_up_option(parser)
    parser.add_argument("--json", type=new_file, metavar="FILE", help="all that was measured")
    options = parser.parse_args(arguments)
    options.seconds = options.also_seconds or options.seconds or 2
    if not any(True for _ in cells(options)):
        parser.error("none of these kinds is measured with so many connections or bytes")
    return options


def cells(options):
    """Gives kind, size and numbers of connections."""
    for kind in options.kinds:
        limits = KINDS[kind]
        counts = [each for each in options.connections if each <= limits.connections]
        for size in options.sizes:
            if counts and size <= limits.size:
                yield kind, size, counts


# --- measuring


def measure_all(options, chosen, client, folder, certificate, failures):
    for kind in dict.fromkeys(kind for kind, _, _ in cells(options)):
        of_kind = []
        try:
            for column in chosen:
                files = certificate if KINDS[kind].transport == "tls" else []
                if kind == "unix":
                    files = [f"{folder}/{column.name}.socket"]
                command = servers.command(column, KINDS[kind].server, *files)
                of_kind.append(MeasuredServer(client, column, command, options.warm_up))
            yield from measure_kind(options, kind, of_kind, failures)
        finally:
            for each in of_kind:
                each.close()


def measure_kind(options, kind, of_kind, failures):
    transport = KINDS[kind].transport
    for size, counts in ((size, counts) for each, size, counts in cells(options) if each == kind):
        of_size = warm_all_up(of_kind, transport, size, failures.of(f"{kind}, {size} bytes"))
        for count in counts:
            able = [e for e in of_size if e.column.kind != "stock" or count <= SELECT_CONNECTIONS]
            say = failures.of(f"{kind}, {size} bytes, {count} connections")
            cell = (transport, size, count)
            for column, figures in measure_in_turn(
                able, options.rounds, cell, options.seconds, say
            ):
                row = {"kind": kind, "size": size, "connections": count, "server": column.name}
                print(told(row | figures), flush=True)
                yield row | figures


def told(row):
    start = f"{row['kind']:12} {row['size']:6} {row['connections']:5} {row['server']:8}"
    latency = f"{row['p50_us']:8,.0f} {row['p99_us']:8,.0f}"
    if row["connections"] > 100:
        latency = f"{'':17}"  # mostly the queue before the server
    notes = "" if row["steady"] else "  not steady"
    notes += f"  {row['resent']} datagrams lost" if row["resent"] else ""
    return (
        f"{start} {row['per_second']:8,.0f} {latency} {row['loop_cpu_us']:8.1f}"
        f" {row['loop_in_kernel']:7.0%} {row['process_cpu_us']:8.1f}{notes}"
    )


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


# --- printing


def trips_per_cpu_second(rows, chosen, of):
    """The figures of each cell: round trips a CPU second of the loop's thread or of the process."""
    samples = {}
    for row in rows:
        cell = samples.setdefault((row["kind"], row["size"], row["connections"]), {})
        cell.setdefault(row["server"], []).append(1e6 / row[f"{of}_cpu_us"])
    return {
        cell: {
            each: statistics.median(of_cell[each.name]) for each in chosen if each.name in of_cell
        }
        for cell, of_cell in samples.items()
    }


def label(cell):
    kind, size, connections = cell
    return f"{kind} {size:,} bytes, {connections:,}"


def print_summary(rows, chosen):
    of_loop = trips_per_cpu_second(rows, chosen, "loop")
    of_process = trips_per_cpu_second(rows, chosen, "process")
    print()
    print_table(
        "CPU us a trip, the loop's thread",
        [each.name for each in chosen],
        [
            (label(cell), [number(1e6 / at[each]) if each in at else None for each in chosen])
            for cell, at in of_loop.items()
        ],
    )
    ratios = pairs(chosen)
    labelled = [(label(cell), at) for cell, at in of_loop.items()]
    print_ratios("times as fast, the loop's thread", ratios, labelled)
    for group in dict.fromkeys(each.group for each in KINDS.values()):
        for what, figures in (("the loop's thread", of_loop), ("the process", of_process)):
            of_group = [
                (label(cell), at) for cell, at in figures.items() if KINDS[cell[0]].group == group
            ]
            print_means(f"{group}, {what}", ratios, of_group)


def main(arguments):
    options = read_options(arguments)
    want_descriptors(max(options.connections) + 100)
    report = {"benchmark": "echo", "machine": machine.describe()}
    described = available(options.columns)
    chosen = list(described)
    failures = Failures("echo")
    with tempfile.TemporaryDirectory() as folder:
        certificate = make_certificate(folder)
        client = Client(certificate[0])
        try:
            print(f"{client.where()}; a load of {report['machine']['load_before']:.1f} before")
            print("TLS: a client thread a connection, so up to 100")
            print(
                f"{'kind':12} {'bytes':>6} {'conns':>5} {'server':8} {'trips/s':>8} {'p50 us':>8} {'p99 us':>8} {'loop':>8}"
                f" {'kernel':>7} {'process':>8}  CPU us a trip; kernel: its part of the loop's"
            )
            rows = list(measure_all(options, chosen, client, folder, certificate, failures))
        finally:
            client.close()
    report |= {
        "columns": {each.name: about for each, about in described.items()},
        "seconds": options.seconds,
        "rounds": options.rounds,
        "rows": rows,
    }
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    print_summary(rows, chosen)
    failures.end()
