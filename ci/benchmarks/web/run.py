"""HTTP servers that greet: requests per CPU second of the server, over connections that are kept open.

Each server is measured on all columns in turn. The client is the one of the echo benchmark: one thread of Java, with
nothing to compute.
"""

import json
import statistics
from pathlib import Path

import machine
from columns import add_option, available, pairs
from command_line import Parser, between, duration, new_file, numbers, some_of
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

SERVER = Path(__file__).parent / "server.py"
KINDS = ("uvicorn-h11", "uvicorn-httptools", "aiohttp")
# GraalPy has no wheels of aiohttp and httptools.
NAMES = ("cpython", "uvloop", "rloop", "ffm", "jep")
NO_SIZE = 1  # a request is always the same


def read_options(arguments):
    parser = Parser(prog="ci/bench http", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "seconds", nargs="?", type=duration, default=2, help="measured in a round; 2"
    )
    parser.add_argument("--kinds", type=some_of(KINDS), default=list(KINDS), metavar="KIND,…")
    parser.add_argument("--connections", type=numbers(1000), default=[10, 100], metavar="N,…")
    add_option(parser, "--columns", of=NAMES)
    parser.add_argument(
        "--rounds", type=between(1, 100, int), default=3, help="in turn; medians are told; 3"
    )
    add_warm_up_option(parser)
    parser.add_argument("--json", type=new_file, metavar="FILE", help="all that was measured")
    return parser.parse_args(arguments)


def measure_all(options, chosen, client, failures):
    for kind in options.kinds:
        of_kind = []
        try:
            for column in chosen:
                command = [*column.command, str(SERVER), column.loop, kind]
                of_kind.append(MeasuredServer(client, column, command, options.warm_up))
            working = warm_all_up(of_kind, "http", NO_SIZE, failures.of(kind))
            for count in options.connections:
                cell = ("http", NO_SIZE, count)
                say = failures.of(f"{kind}, {count} connections")
                for column, figures in measure_in_turn(
                    working, options.rounds, cell, options.seconds, say
                ):
                    row = {"kind": kind, "connections": count, "server": column.name} | figures
                    print(told(row), flush=True)
                    yield row
        finally:
            for each in of_kind:
                each.close()


def told(row):
    return (
        f"{row['kind']:17} {row['connections']:5} {row['server']:8} {row['per_second']:10,.0f}"
        f" {row['p50_us']:8,.0f} {row['p99_us']:8,.0f} {row['loop_cpu_us']:8.1f} {row['process_cpu_us']:8.1f}"
        f"{'' if row['steady'] else '  not steady'}"
    )


def requests_per_cpu_second(rows, chosen, of):
    """A label and each column's median, for each kind and number of connections."""
    samples = {}
    for row in rows:
        cell = samples.setdefault(f"{row['kind']}, {row['connections']} connections", {})
        cell.setdefault(row["server"], []).append(1e6 / row[f"{of}_cpu_us"])
    return [
        (label, {each: statistics.median(at[each.name]) for each in chosen if each.name in at})
        for label, at in samples.items()
    ]


def print_summary(rows, chosen):
    ratios = pairs(chosen)
    print()
    for of, what in (("process", "the process"), ("loop", "the loop's thread")):
        figures = requests_per_cpu_second(rows, chosen, of)
        print_table(
            f"requests per CPU second of {what}",
            [each.name for each in chosen],
            [(label, [number(at.get(each)) for each in chosen]) for label, at in figures],
        )
        if of == "process":
            print_ratios(f"times as fast, {what}", ratios, figures)
        print_means(what, ratios, figures)


def main(arguments):
    options = read_options(arguments)
    want_descriptors(max(options.connections) + 100)
    report = {"benchmark": "http", "machine": machine.describe()}
    described = available(options.columns)
    chosen = list(described)
    failures = Failures("http")
    client = Client()
    try:
        print(f"{client.where()}; a load of {report['machine']['load_before']:.1f} before")
        print(
            f"{'server':17} {'conns':>5} {'column':8} {'requests/s':>10} {'p50 us':>8} {'p99 us':>8}"
            f" {'loop':>8} {'process':>8}  CPU us a request"
        )
        rows = list(measure_all(options, chosen, client, failures))
    finally:
        client.close()
    report |= {
        "columns": {each.name: about for each, about in described.items()},
        "servers": machine.versions("uvicorn", "h11", "httptools", "aiohttp"),
        "seconds": options.seconds,
        "rounds": options.rounds,
        "rows": rows,
    }
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    print_summary(rows, chosen)
    failures.end()
