"""Wall time of ``import asyncio``: ./javaloop against GraalPy's own launcher, both with .pyc."""

import os
import statistics
import subprocess
import sys
from time import perf_counter

from shared import Parser, between, jdk, root

parser = Parser(prog="ci/bench startup", description=__doc__)
parser.add_argument("rounds", nargs="?", type=between(1, 100, int), default=5)
rounds = parser.parse_args(sys.argv[2:]).rounds
runtime = root / "bridge/target/runtime"
launcher = str(root / "javaloop")
# GraalPy's launcher as its own scripts start it: the jars, the JIT, nothing of ours but the .pyc.
stock_jars = root / "target/tools/graalpy-launcher"
flags = [
    flag
    for flag in (runtime / "javaloop.args").read_text().split("\n")
    if flag and not flag.startswith("-Djavaloop")
]
flags[flags.index("--module-path") + 1] += f":{stock_jars}"
stock = [
    f"{jdk}/bin/java",
    *flags,
    "-m",
    "org.graalvm.py.launcher/com.oracle.graal.python.shell.GraalPythonMain",
    f"--python.PythonHome={runtime / 'home'}",
]
if not stock_jars.is_dir():
    subprocess.run(
        [
            str(root / "ci/maven"),
            "-q",
            "-f",
            str(root / "ci/benchmarks/graalpy-launcher.xml"),
            "dependency:copy-dependencies",
            f"-DoutputDirectory={stock_jars}",
        ],
        check=True,
    )


def wall(command: list[str]) -> float:
    began = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began


times: dict[str, list[float]] = {"javaloop": [], "GraalPy's launcher": []}
for _ in range(rounds):
    times["javaloop"].append(wall([launcher, "-c", "import asyncio"]))
    times["GraalPy's launcher"].append(wall([*stock, "-c", "import asyncio"]))
for name, taken in times.items():
    middle, best = statistics.median(taken), min(taken)
    print(f"{name:20} import asyncio: median {middle:.2f} s, best {best:.2f} s")
ratio = statistics.median(times["javaloop"]) / statistics.median(times["GraalPy's launcher"])
print(f"javaloop takes {ratio:.2f} of GraalPy's own time")

hello = subprocess.Popen([launcher, str(root / "examples/hello.py")], stdout=subprocess.DEVNULL)
_, status, usage = os.wait4(hello.pid, 0)
if status:
    raise SystemExit(f"hello.py ended with status {status}")
print(f"hello.py: peak memory {usage.ru_maxrss / 1024:.0f} MiB")
