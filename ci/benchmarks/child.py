"""A child process that is asked by lines on its stdin and answers with lines of JSON."""

import json
import os
import select
import subprocess
import sys
import tempfile
import time

from columns import last_line

CLOSE_SECONDS = 60


class ChildFailed(Exception):
    """The child ended, took too long, or said that it could not."""


class Child:
    def __init__(self, name, command, **options):
        self.name = name
        # Of a child that fails one line is told; a child that works may warn as it likes.
        self._errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115  (close() closes it)
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, **options
        )
        self.pid = self._process.pid
        self._received = b""

    def ask(self, *words, seconds):
        """Sends a line and waits for the answer to it."""
        try:
            self._process.stdin.write((" ".join(map(str, words)) + "\n").encode())
            self._process.stdin.flush()
        except BrokenPipeError:
            raise ChildFailed(self._why()) from None
        return self.answer(seconds)

    def answer(self, seconds):
        """Waits for a line; a first one tells that the child has started."""
        ends = time.monotonic() + seconds
        output = self._process.stdout.fileno()
        while b"\n" not in self._received:
            ready, _, _ = select.select([output], [], [], max(0, ends - time.monotonic()))
            if not ready:
                raise ChildFailed(f"no answer in {seconds:.0f} s")
            data = os.read(output, 65536)
            if not data:
                raise ChildFailed(self._why())
            self._received += data
        line, _, self._received = self._received.partition(b"\n")
        try:
            said = json.loads(line)
        except ValueError:
            raise ChildFailed(f"it said {line[:200]!r}") from None
        if "error" in said:
            raise ChildFailed(said["error"])
        return said

    def _why(self):
        try:
            status = self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            status = "none yet"
        self._errors.seek(0)
        return last_line(self._errors.read()) or f"it ended with status {status}"

    def runs(self):
        return self._process.poll() is None

    def close(self):
        """Closes the child's stdin, which ends it."""
        try:
            self._process.stdin.close()
        except BrokenPipeError:
            pass
        try:
            self._process.wait(CLOSE_SECONDS)
        except subprocess.TimeoutExpired:
            print(f"ci/bench: {self.name} did not end by itself", file=sys.stderr)
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
        self._errors.close()
