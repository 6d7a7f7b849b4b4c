"""What the event loop's basic operations cost, on each loop, in CPU time.

All columns are measured in one run and in turn: for each operation every column is warmed up, and then measured in
rounds. A figure is the median of the rounds. Wall time is not used.
"""

import json
import statistics
import subprocess
import sys
from pathlib import Path
from time import monotonic

import machine
from child import Child, ChildFailed
from columns import add_option, available, jdk, pairs
from command_line import Parser, between, new_file, some_of
from loop.operations import LABELS as LABELS_IN_PYTHON
from tables import number, print_means, print_ratios, print_table

HERE = Path(__file__).parent
LABELS_IN_JAVA = {
    "java_post": "post of a Runnable, Java thread",
    "java_call": "call of an async def, Java thread",
}
LABELS = LABELS_IN_PYTHON | LABELS_IN_JAVA
ENGINES = {"ffm": "cpython", "jep": "jep", "javaloop": "graalpy"}
COLD = (1_000, 10_000, 100_000)
START_SECONDS = 300  # with two cores and a cold GraalPy


def read_options(arguments):
    parser = Parser(prog="ci/bench loop", description=__doc__.partition("\n")[0])
    parser.add_argument(
        "seconds",
        nargs="?",
        type=between(0.01, 600),
        default=0.3,
        help="measured in a round, of each operation and column; 0.3",
    )
    add_option(parser, "--columns")
    parser.add_argument("--rows", type=some_of(LABELS), default=list(LABELS), metavar="ROW,…")
    parser.add_argument("--rounds", type=between(1, 1000, int), default=5, help="in turn; 5")
    parser.add_argument(
        "--processes", type=between(1, 100, int), default=1, help="one after another; 1"
    )
    parser.add_argument(
        "--warm-up",
        type=between(0, 600),
        default=40.0,
        metavar="SECONDS",
        help="at most, of an operation on GraalPy; 40",
    )
    parser.add_argument(
        "--cold",
        type=between(0, 1000, int),
        default=5,
        metavar="N",
        help="fresh processes that a cold start is measured in; 5, 0 leaves it out",
    )
    parser.add_argument("--no-pin", action="store_true", help="threads may change their core")
    parser.add_argument("--json", type=new_file, metavar="FILE", help="all that was measured")
    return parser.parse_args(arguments)


# --- measuring


class Worker:
    """A process that measures operations on one column's loop; started anew after a failure."""

    def __init__(self, column, command, core):
        self.column = column
        self._command = command
        self._core = core
        self._child = None

    def ask(self, *words, seconds=0.0):
        try:
            self.start()
            return self._child.ask(*words, seconds=60 + 10 * seconds)
        except ChildFailed:
            self.close()
            raise

    def start(self):
        if self._child is None:
            self._child = Child(self.column.name, self._command)
            threads = self._child.answer(START_SECONDS)["threads"]
            if self._core is not None:
                for each in threads:
                    machine.pin(each, self._core)

    def close(self):
        if self._child is not None:
            self._child.close()
            self._child = None


def python_worker(column, core):
    return Worker(column, [*column.command, str(HERE / "worker.py"), column.loop], core)


def java_worker(column, core):
    command = [
        f"{jdk(column.checkout)}/bin/java",
        *java_options(column),
        str(HERE / "JavaThread.java"),
        ENGINES[column.kind],
        sys.executable,
        str(HERE),
    ]
    return Worker(column, command, core)


def java_options(column):
    runtime = column.checkout / "bridge/target/runtime"
    modules = [str(each) for each in (runtime / "modules").glob("*.jar")]
    if column.kind == "ffm":
        native = "--enable-native-access=ALL-UNNAMED"
        return [native, "-XX:+UseSerialGC", "-Xss16m", "-cp", ":".join(modules)]
    if column.kind != "jep":
        return [f"@{runtime}/javaloop.args"]
    # JEP's jar is made for each CPython, and has to be where the bridge is: on the class path.
    launcher = str(column.checkout / "bridge/src/main/launcher/jep.py")
    site = [sys.executable, "-I", "-S", launcher, "--site", str(jdk(column.checkout))]
    told = subprocess.run(site, capture_output=True, text=True).stdout
    jars = [*map(str, Path(told.splitlines()[-1]).glob("jep/jep-*.jar")), *modules]
    return ["-XX:+UseSerialGC", "-Xss16m", "-cp", ":".join(jars)]


def workers(chosen, core):
    """The workers of each row's kind."""
    in_python = [python_worker(each, core) for each in chosen]
    in_java = [java_worker(each, core) for each in chosen if each.is_javaloop]
    return {row: in_java if row in LABELS_IN_JAVA else in_python for row in LABELS}


def measure(chosen, options, core):
    """Gives the rounds of each row and column: ``{row: {column: {"rounds": [...]}}}``."""
    rows = {row: {} for row in options.rows}
    for process in range(options.processes):
        of_row = workers(chosen, core)
        try:
            for row in options.rows:
                progress(f"{LABELS[row]} …", process, options.processes)
                measure_row(row, of_row[row], rows[row], options)
        finally:
            for each in {each for some in of_row.values() for each in some}:
                each.close()
    return rows


def measure_row(row, its_workers, results, options):
    working = []
    for each in its_workers:
        result = results.setdefault(each.column.name, {"rounds": [], "warm_ups": []})
        try:
            result["warm_ups"].append(warm_up(each, row, options.warm_up))
            working.append((each, result))
        except ChildFailed as error:
            fail(row, each, result, error)
    for _ in range(options.rounds):
        for each, result in list(working):
            try:
                answer = each.ask(row, options.seconds, seconds=options.seconds)
                result["rounds"].append(answer)
            except ChildFailed as error:
                fail(row, each, result, error)
                working.remove((each, result))


def fail(row, worker, result, error):
    result["error"] = str(error)
    print(
        f"ci/bench loop: {LABELS[row]}: without {worker.column.name}: {error}",
        file=sys.stderr,
        flush=True,
    )


def warm_up(worker, row, most_on_graalpy):
    """Repeats an operation until a second of it costs the loop's thread what the second before did, within 5 %, and the
    compilers are quiet: other threads have less than a quarter of its time.

    That has to hold for a while, as compilers pause. Where threads hand over work, others are never quiet: there only
    the cost counts.
    """
    if worker.column.on_graalpy:
        least, most, window = min(5.0, most_on_graalpy), most_on_graalpy, 1.0
    elif worker.column.in_jvm:
        least, most, window = 1.0, 10.0, 0.5
    else:
        least, most, window = 0.0, 0.2, 0.2
    worker.start()
    began = restless = monotonic()
    alone = row not in (*LABELS_IN_JAVA, "call_soon_threadsafe", "run_in_executor")
    before = None
    while True:
        answer = worker.ask(row, window, seconds=window)
        cost = answer["thread_seconds"] / answer["operations"]
        others = answer["process_seconds"] - answer["thread_seconds"]
        quiet = not alone or others < answer["thread_seconds"] / 4
        now = monotonic()
        steady = before is not None and 0.95 < cost / before < 1.05 and quiet
        before = cost
        if not steady:
            restless = now
        if (steady and now - restless >= least) or now - began >= most:
            return {"seconds": round(now - began, 1), "steady": steady}


def measure_cold(chosen, options, core):
    """Gives for each column what the first callbacks of fresh processes took."""
    results = {each.name: [] for each in chosen}
    working = list(chosen)
    for process in range(options.cold):
        progress("cold …", process, options.cold)
        for column in list(working):
            worker = python_worker(column, core)
            try:
                results[column.name].append(worker.ask("cold", *COLD, seconds=60)["cold"])
            except ChildFailed as error:
                print(f"ci/bench loop: cold: without {column.name}: {error}", file=sys.stderr)
                working.remove(column)
            finally:
                worker.close()
    return results


def progress(what, process, processes):
    of = f" (process {process + 1} of {processes})" if processes > 1 else ""
    print(f"measuring {what}{of}", file=sys.stderr, flush=True)


# --- printing


def rate(samples, of):
    """The median of operations per CPU second of the loop's thread or of the process."""
    if not samples:
        return None
    return statistics.median(each["operations"] / each[f"{of}_seconds"] for each in samples)


def print_rates(chosen, rows):
    figures = {
        of: [
            (LABELS[row], {each: rate(at.get(each.name, {}).get("rounds"), of) for each in chosen})
            for row, at in rows.items()
        ]
        for of in ("thread", "process")
    }
    heads = [each.name for each in chosen]
    for of, title in (
        ("thread", "operations per CPU second of the loop's thread"),
        ("process", "operations per CPU second of the process"),
    ):
        print_table(title, heads, [(row, cells(at)) for row, at in figures[of]])
    ratios = pairs(chosen)
    print_ratios("times as fast, the loop's thread", ratios, figures["thread"])
    print_means("the loop's thread", ratios, figures["thread"])
    print_means("the process", ratios, figures["process"])


def print_cold(chosen, cold):
    rates, taken = {}, {}
    for of in ("process", "thread"):
        rates[of], taken[of] = [], []
        for place, count in enumerate(COLD):
            of_row = {each: rate([one[place] for one in cold[each.name]], of) for each in chosen}
            label = f"first {count:,} callbacks"
            rates[of].append((label, of_row))
            millis = {each: one and count / one * 1e3 for each, one in of_row.items()}
            taken[of].append((label, cells(millis)))
    heads = [each.name for each in chosen]
    print_table("cold: CPU ms of the process", heads, taken["process"])
    print_table("cold: CPU ms of the loop's thread", heads, taken["thread"])
    print_ratios("cold: times as fast, the process", pairs(chosen), rates["process"])


def cells(figures):
    return [number(each) for each in figures.values()]


def print_unsteady(rows):
    for row, at in rows.items():
        unsteady = [
            name
            for name, result in at.items()
            if name.partition("@")[0] in ("stock", "javaloop", "jep", "ffm")
            and any(not each["steady"] for each in result["warm_ups"])
        ]
        if unsteady:
            print(f"not steady after the warm-up: {LABELS[row]}: {', '.join(unsteady)}")


def main(arguments):
    options = read_options(arguments)
    report = {"benchmark": "loop", "machine": machine.describe()}
    described = available(options.columns)
    chosen = list(described)
    cores = machine.usable_cores()
    core = None if options.no_pin or len(cores) < 2 else cores[-1]
    rows = measure(chosen, options, core)
    cold = measure_cold(chosen, options, core) if options.cold else {}
    report |= {
        "columns": {each.name: about for each, about in described.items()},
        "seconds": options.seconds,
        "rounds": options.rounds,
        "processes": options.processes,
        "core": core,
        "rows": {row: {"label": LABELS[row], "columns": at} for row, at in rows.items()},
        "cold": cold,
    }
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n")
    where = "on any core" if core is None else f"on core {core}"
    print(f"loops' threads {where}; a load of {report['machine']['load_before']:.1f} before")
    print_rates(chosen, rows)
    if cold:
        print_cold(chosen, cold)
    print_unsteady(rows)
    if not any(result["rounds"] for at in rows.values() for result in at.values()):
        raise SystemExit("ci/bench loop: nothing could be measured")
