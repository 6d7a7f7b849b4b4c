"""Rates of the loop's basic operations on each loop, side by side, with ratios."""

import json
import statistics
import subprocess
import sys
from pathlib import Path

from shared import PYTHONS, Parser, between, jdk, root, some_of

here = Path(__file__).parent
QUICKLY_WARM = 15.0  # seconds, for CPython
RATIOS = {"jep": ["cpython", "uvloop"], "javaloop": ["cpython", "stock", "uvloop"]}

parser = Parser(prog="ci/bench loop", description=__doc__)
parser.add_argument(
    "seconds", nargs="?", type=between(1, 3600), default=200.0, help="on GraalPy, with warm-up; 200"
)
parser.add_argument("--columns", type=some_of(PYTHONS), default=list(PYTHONS), metavar="LOOP,…")
parser.add_argument(
    "--rounds", type=between(1, 100, int), default=1, help="in turn; their medians are told"
)
options = parser.parse_args(sys.argv[2:])


def measure(name, command):
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["measure"]: row for row in rows}


def column(name):
    on_graalpy = name in ("stock", "javaloop")
    seconds = options.seconds if on_graalpy else min(options.seconds, QUICKLY_WARM)
    words = [str(here / "loop_rates.py"), str(seconds), *(["uvloop"] if name == "uvloop" else [])]
    return measure(name, [*PYTHONS[name], *words])


def tell_from_java():
    """Only javaloop has these: a Java thread hands work to the loop."""
    command = [
        f"{jdk}/bin/java",
        f"@{root}/bridge/target/runtime/javaloop.args",
        str(here / "JavaThread.java"),
        str(options.seconds / 2),
        str(here),
    ]
    for operation, row in measure("javaloop from a Java thread", command).items():
        print(
            f"from a Java thread, javaloop alone: {operation}: {row['rate']:,.0f} a second,"
            f" {row['first']:,.0f} in the first, cold round"
        )


seen = [{name: column(name) for name in options.columns} for _ in range(options.rounds)]
operations = list(seen[0][options.columns[0]])


def median(name, operation, what):
    return statistics.median(results[name][operation][what] for results in seen)


ratios = [
    (name, other)
    for name, others in RATIOS.items()
    for other in others
    if {name, other} <= set(options.columns)
]
heads = [f"{name + '/' + other:>18}" for name, other in ratios]
print(f"{'operations a second':22}", *(f"{name:>12}" for name in options.columns), *heads)
for operation in operations:
    rates = {name: median(name, operation, "rate") for name in options.columns}
    print(
        f"{operation:22}",
        *(f"{rate:12,.0f}" for rate in rates.values()),
        *(f"{rates[name] / rates[other]:18.2f}" for name, other in ratios),
    )
print("(first, cold round)")
for operation in operations:
    firsts = (median(name, operation, "first") for name in options.columns)
    print(f"{operation:22}", *(f"{first:12,.0f}" for first in firsts))
if "javaloop" in options.columns:
    tell_from_java()
