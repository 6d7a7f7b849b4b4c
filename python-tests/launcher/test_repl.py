"""Without a program and at a terminal: a console with top-level await."""

import os
import pty
import select
import time

import pytest
from processes import COMMAND, ENGINE, environment


class Terminal:
    def __init__(self, tmp_path):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(tmp_path)
            os.execve(COMMAND[0], COMMAND, environment({"TERM": "dumb"}))
        self.seen = ""

    def until(self, text, seconds=60):
        """Reads on until `text` comes; returns what came before it."""
        deadline = time.monotonic() + seconds
        while text not in self.seen:
            left = deadline - time.monotonic()
            assert left > 0 and select.select([self.fd], [], [], left)[0], self.seen
            try:
                self.seen += os.read(self.fd, 4096).decode().replace("\r", "")
            except OSError:
                raise AssertionError(f"ended: {self.seen}") from None
        before, _, self.seen = self.seen.partition(text)
        return before

    def enter(self, line):
        """Types a line; returns what is printed up to the next prompt."""
        os.write(self.fd, line.encode() + b"\n")
        return self.until(">>> ")

    def end(self):
        while True:
            try:
                if not os.read(self.fd, 4096):
                    break
            except OSError:
                break
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def test_a_console(tmp_path):
    terminal = Terminal(tmp_path)
    terminal.until(">>> ", 100)
    assert "42" in terminal.enter("6 * 7")
    terminal.enter("import asyncio")
    assert "'slept'" in terminal.enter("await asyncio.sleep(0.001, 'slept')")
    terminal.enter("x = await asyncio.sleep(0, 5)")
    assert "\n5\n" in terminal.enter("x")
    shown = terminal.enter("1 / 0")
    assert "ZeroDivisionError" in shown
    assert "javaloop" not in shown
    assert "SyntaxError" in terminal.enter("1 +* 2")
    terminal.enter("task = asyncio.create_task(asyncio.sleep(0, 'of task'))")
    assert "'of task'" in terminal.enter("await task")
    assert "javaloop.Loop" in terminal.enter("type(asyncio.get_running_loop())")
    os.write(terminal.fd, b"print('sle' + 'eps'), await asyncio.sleep(3600)\n")
    terminal.until("sleeps")
    os.write(terminal.fd, b"\x03")
    assert "KeyboardInterrupt" in terminal.until(">>> ")
    os.write(terminal.fd, b"raise SystemExit(6)\n")
    assert terminal.end() == 6


def test_the_end_of_input_ends_the_console(tmp_path):
    terminal = Terminal(tmp_path)
    terminal.until(">>> ", 100)
    os.write(terminal.fd, b"\x04")
    assert terminal.end() == 0


@pytest.mark.parametrize("end", ["", "1 / 0\n", "import sys; sys.exit(3)\n"])
@pytest.mark.skipif(ENGINE == "graalpy", reason="there -i asks for javaloop's own REPL")
def test_a_prompt_behind_a_program(same, script, end):
    same("-i", script(f"x = 5\nprint('ran')\n{end}"), stdin="print(x)\n")
