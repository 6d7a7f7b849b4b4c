"""What the benchmarks share: how each loop is started, and their command lines."""

import argparse
import sys
from pathlib import Path

root = Path(sys.argv[1])
jdk = Path((root / "bridge/target/runtime/stamp").read_text().strip())
_launcher = str(root / "javaloop")
PYTHONS = {
    "cpython": [sys.executable],
    "uvloop": [sys.executable],
    "stock": [_launcher, "--mode", "throughput", "--stock-loop"],
    "javaloop": [_launcher, "--mode", "throughput"],
    "jep": [_launcher, "--engine", "jep", "--python", sys.executable],
}


class Parser(argparse.ArgumentParser):
    """Says in one line what is wrong."""

    def error(self, message):
        self.exit(2, f"{self.prog}: {message}\n")


def some_of(known):
    def parse(text):
        chosen = text.split(",")
        for each in chosen:
            if each not in known:
                raise argparse.ArgumentTypeError(f"{each!r} is none of {', '.join(known)}")
        return chosen

    return parse


def between(least, most, kind=float):
    def parse(text):
        try:
            number = kind(text)
        except ValueError:
            number = None
        if number is None or not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text!r} is not within {least} and {most}")
        return number

    return parse


duration = between(0.5, 600)  # seconds
