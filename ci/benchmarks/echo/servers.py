"""What the benchmarks of connections share: the servers' processes, the descriptor limit."""

import json
import resource
import subprocess
import sys
from pathlib import Path

from columns import Column, jdk

here = Path(__file__).parent
server_py = str(here / "server.py")

COMMANDS = {
    name: [*Column(name, name).command, server_py, Column(name, name).loop]
    for name in ("cpython", "uvloop", "stock", "javaloop", "jep")
} | {"java": [f"{jdk()}/bin/java", str(here / "Server.java")]}


class Server:
    def __init__(self, name, kind, *files):
        self.name = name
        self._process = subprocess.Popen(
            [*COMMANDS[name], kind, *files],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.pid = self._process.pid
        self._said = None

    def said(self):
        """Its port and its loop's thread; waits for it to start."""
        if self._said is None:
            line = self._process.stdout.readline()
            if not line:
                raise SystemExit(f"ci/bench: the server {self.name} did not start")
            self._said = json.loads(line)
        return self._said

    def close(self):
        self._process.stdin.close()
        try:
            self._process.wait(60)
        except subprocess.TimeoutExpired:
            print(f"the server {self.name} did not end by itself", file=sys.stderr)
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()


def want_descriptors(count):
    """Raises the limit, the servers' too, to what the system allows."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < count:
        raise SystemExit(
            f"ci/bench: a process needs {count} descriptors, its hard limit is {hard} (ulimit -Hn)"
        )
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
