"""How the benchmarks read their command lines."""

import argparse
from pathlib import Path


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


def numbers(most):
    def parse(text):
        return [between(1, most, int)(each) for each in text.split(",")]

    return parse


duration = between(0.5, 600)  # seconds


def new_file(text):
    path = Path(text)
    if not path.resolve().parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path
