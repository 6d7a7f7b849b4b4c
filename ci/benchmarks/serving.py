"""Servers that are measured, and the client that loads all of them in the same way."""

import os
import resource
import sys
from pathlib import Path

import machine
from child import Child, ChildFailed
from columns import jdk
from command_line import between

CLIENT = Path(__file__).parent / "client/Client.java"
START_SECONDS = 300  # with two cores and a cold GraalPy


class Server(Child):
    """The process of a server; its first line has its address and its loop's thread."""

    def __init__(self, column, command):
        super().__init__(column.name, command)
        self.column = column
        self._said = None

    def said(self):
        """Waits for it to start."""
        if self._said is None:
            self._said = self.answer(START_SECONDS)
        return self._said


class Client:
    """The client's process, on a core of its own where there are two; the servers' loops are on another."""

    def __init__(self, certificate=None):
        cores = machine.usable_cores()
        self.core, self.server_core = (cores[-1], cores[0]) if len(cores) > 1 else (None, None)
        ticks = str(os.sysconf("SC_CLK_TCK"))
        self._child = Child(
            "the client",
            [
                *(f"{jdk()}/bin/java", "-XX:+UseSerialGC", "-Xmx1g", str(CLIENT), ticks),
                *([certificate] if certificate else []),
            ],
            # Before it starts: all of its threads are to have it.
            preexec_fn=None if self.core is None else lambda: machine.pin(0, self.core),
        )

    def measure(self, server, cell, seconds, least_warm_up, most_warm_up):
        """Loads a server with a cell: transport, message's size, connections."""
        said = server.said()
        if self.server_core is not None:
            machine.pin(said["thread"], self.server_core)
        try:
            return self._child.ask(
                *(*cell, seconds, least_warm_up, most_warm_up),
                *(said["address"], server.pid, said["thread"]),
                seconds=120 + seconds + most_warm_up,
            )
        except ChildFailed as error:
            if not self._child.runs():
                raise SystemExit(f"ci/bench: the client ended: {error}") from None
            raise

    def where(self):
        if self.core is None:
            return "one core for all"
        return (
            f"client on core {self.core}, servers' loop threads on core {self.server_core},"
            " other threads of a server on any"
        )

    def close(self):
        self._child.close()


class MeasuredServer:
    """A server that is warmed up before it is measured, and started anew after a failure."""

    def __init__(self, client, column, command, most_warm_up):
        self.column = column
        self._client = client
        self._command = command
        self._most_warm_up = most_warm_up
        self._start()

    def _start(self):
        self._server = Server(self.column, self._command)
        self._warm = set()

    def warm_up(self, transport, size):
        """Once for each start and size: a JIT compiles anew what its first connections, or messages of one size, did not need."""
        if size not in self._warm:
            most = self._most_warm_up
            rounds, *limits = (3, min(7, most), most) if self.column.in_jvm else (1, 1, 6)
            for _ in range(rounds):
                self._ask((transport, size, 10), 0.5, *limits)
            self._warm.add(size)

    def measure(self, transport, size, connections, seconds):
        self.warm_up(transport, size)
        return self._ask((transport, size, connections), seconds, 0, 20)

    def _ask(self, *cell):
        try:
            return self._client.measure(self._server, *cell)
        except ChildFailed:
            self.close()
            self._start()
            raise

    def close(self):
        self._server.close()


def warm_all_up(servers, transport, size, say_failure):
    """Warms servers up before any is measured, as compilers take time from others; gives those that work."""
    working = []
    for each in servers:
        try:
            each.warm_up(transport, size)
            working.append(each)
        except ChildFailed as error:
            say_failure(each.column, error)
    return working


def measure_in_turn(servers, rounds, cell, seconds, say_failure):
    """Gives a column and its figures for each round of each server that works."""
    working = list(servers)
    for _ in range(rounds):
        for each in list(working):
            try:
                yield each.column, each.measure(*cell, seconds)
            except ChildFailed as error:
                say_failure(each.column, error)
                working.remove(each)


def want_descriptors(count):
    """Raises the limit, the servers' too, to what the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise SystemExit(
            f"ci/bench: a process needs {count} descriptors, its hard limit is {hard} (ulimit -Hn)"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def add_warm_up_option(parser):
    parser.add_argument(
        "--warm-up",
        type=between(0.5, 600),
        default=90,
        metavar="SECONDS",
        help="at most, three times for each start and size of a server in a JVM; 90",
    )


class Failures:
    """Tells in a line what could not be measured; only javaloop's own failures fail the benchmark."""

    def __init__(self, benchmark):
        self._benchmark = benchmark
        self._of_javaloop = 0

    def of(self, row):
        def say(column, error):
            print(
                f"ci/bench {self._benchmark}: {row}: without {column.name}: {error}",
                file=sys.stderr,
                flush=True,
            )
            self._of_javaloop += column.is_javaloop

        return say

    def end(self):
        if self._of_javaloop:
            raise SystemExit(
                f"ci/bench {self._benchmark}: {self._of_javaloop} times javaloop could not be measured"
            )
