"""Wall time of ``import asyncio``: ./javaloop against GraalPy's own launcher, both with .pyc."""

import os
import statistics
import subprocess
from time import perf_counter

from columns import ROOT, jdk
from command_line import Parser, between

RUNTIME = ROOT / "bridge/target/runtime"
LAUNCHER = str(ROOT / "javaloop")


def stock_launcher() -> list[str]:
    """GraalPy's launcher as its own scripts start it: the jars, the JIT, nothing of ours but the .pyc."""
    jars = ROOT / "target/tools/graalpy-launcher"
    if not jars.is_dir():
        subprocess.run(
            [
                str(ROOT / "ci/maven"),
                "-q",
                "-f",
                str(ROOT / "ci/benchmarks/graalpy-launcher.xml"),
                "dependency:copy-dependencies",
                f"-DoutputDirectory={jars}",
            ],
            check=True,
        )
    flags = [
        flag
        for flag in (RUNTIME / "javaloop.args").read_text().split("\n")
        if flag and not flag.startswith("-Djavaloop")
    ]
    flags[flags.index("--module-path") + 1] += f":{jars}"
    return [
        f"{jdk()}/bin/java",
        *flags,
        "-m",
        "org.graalvm.py.launcher/com.oracle.graal.python.shell.GraalPythonMain",
        f"--python.PythonHome={RUNTIME / 'home'}",
    ]


def wall(command: list[str]) -> float:
    began = perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return perf_counter() - began


def print_peak_memory() -> None:
    command = [LAUNCHER, str(ROOT / "examples/hello.py")]
    hello = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(hello.pid, 0)
    if status:
        raise SystemExit(f"hello.py ended with status {status}")
    print(f"hello.py: peak memory {usage.ru_maxrss / 1024:.0f} MiB")


def main(arguments: list[str]) -> None:
    parser = Parser(prog="ci/bench startup", description=__doc__)
    parser.add_argument("rounds", nargs="?", type=between(1, 100, int), default=5)
    rounds = parser.parse_args(arguments).rounds
    stock = stock_launcher()
    times: dict[str, list[float]] = {"javaloop": [], "GraalPy's launcher": []}
    for _ in range(rounds):
        times["javaloop"].append(wall([LAUNCHER, "-c", "import asyncio"]))
        times["GraalPy's launcher"].append(wall([*stock, "-c", "import asyncio"]))
    for name, taken in times.items():
        middle, best = statistics.median(taken), min(taken)
        print(f"{name:20} import asyncio: median {middle:.2f} s, best {best:.2f} s")
    ratio = statistics.median(times["javaloop"]) / statistics.median(times["GraalPy's launcher"])
    print(f"javaloop takes {ratio:.2f} of GraalPy's own time")
    print_peak_memory()
