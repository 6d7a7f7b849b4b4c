"""Runs ``loop_rates.py`` on each loop; prints the rates side by side, with ratios."""

import json
import subprocess
import sys
from pathlib import Path

root = Path(sys.argv[1])
seconds = sys.argv[2] if len(sys.argv) > 2 else "200"
rates_py = str(root / "ci/benchmarks/loop_rates.py")
launcher = str(root / "javaloop")
# CPython needs little time to get warm.
COLUMNS = {
    "CPython": [sys.executable, rates_py, "15"],
    "uvloop": [sys.executable, rates_py, "15", "uvloop"],
    "javaloop, JEP": [launcher, "--engine", "jep", "--python", sys.executable, rates_py, "15"],
    "GraalPy stock": [launcher, "--stock-loop", "--mode", "throughput", rates_py, seconds],
    "javaloop": [launcher, "--mode", "throughput", rates_py, seconds],
}
# Only javaloop has these: a Java thread hands work to the loop.
stamp = (root / "bridge/target/runtime/stamp").read_text().strip()
FROM_JAVA = [
    f"{stamp}/bin/java",
    f"@{root}/bridge/target/runtime/javaloop.args",
    str(root / "ci/benchmarks/JavaThread.java"),
    str(float(seconds) / 2),
    str(root / "ci/benchmarks"),
]


def measure(name: str, command: list[str]) -> dict[str, dict[str, float]]:
    print(f"measuring {name} …", file=sys.stderr, flush=True)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    return {row["measure"]: row for row in rows}


results = {name: measure(name, command) for name, command in COLUMNS.items()}
print(
    f"{'operations a second':22}",
    *(f"{name:>14}" for name in COLUMNS),
    "  javaloop/CPython  /stock  JEP/CPython",
)
for operation, cpython in results["CPython"].items():
    row = {name: result[operation]["rate"] for name, result in results.items()}
    print(
        f"{operation:22}",
        *(f"{rate:14,.0f}" for rate in row.values()),
        f"{row['javaloop'] / cpython['rate']:17.2f} {row['javaloop'] / row['GraalPy stock']:7.2f}"
        f"{row['javaloop, JEP'] / cpython['rate']:13.2f}",
    )
for operation, row in measure("javaloop from a Java thread", FROM_JAVA).items():
    print(
        f"from a Java thread, javaloop alone: {operation}: {row['rate']:,.0f} a second,"
        f" {row['first']:,.0f} in the first, cold round"
    )
print("(first, cold round)")
for operation in results["CPython"]:
    print(f"{operation:22}", *(f"{r[operation]['first']:14,.0f}" for r in results.values()))
