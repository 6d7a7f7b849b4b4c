"""Runs a script with a fault planted in javaloop's loop: ``planted.py FAULT SCRIPT``."""

import runpy
import sys

from javaloop import Loop


def none():
    pass


def callbacks_reversed():
    run_once = Loop._run_once

    def reversed_run_once(self):
        self._ready.reverse()
        run_once(self)

    Loop._run_once = reversed_run_once


def timers_early():
    call_at = Loop.call_at

    def early_call_at(self, when, *words, **names):
        return call_at(self, when - 0.05, *words, **names)

    Loop.call_at = early_call_at


def wakeups_lost():
    Loop.call_soon_threadsafe = Loop.call_soon


def exceptions_swallowed():
    Loop.call_exception_handler = lambda self, context: None


_, fault, script = sys.argv
del sys.argv[:2]
sys.path[0] = ""
globals()[fault]()
runpy.run_path(script, run_name="__main__")
