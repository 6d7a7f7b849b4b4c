"""What the figures were measured on, and which core a thread stays on."""

import importlib.metadata
import os
import platform
import time
from pathlib import Path


def describe():
    """The machine, for a file of figures."""
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
        "processor": _processor(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "usable_cores": sorted(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "libc": " ".join(platform.libc_ver()),
        "load_before": os.getloadavg()[0],
    }


def _processor():
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        if name.strip() in ("model name", "CPU part"):
            return value.strip()
    return "unknown"


def usable_cores():
    return sorted(os.sched_getaffinity(0))


def pin(thread, core):
    """Keeps a thread, of any process, on a core. Threads that it starts from now on inherit that."""
    os.sched_setaffinity(thread, {core})


def versions(*packages):
    return {each: importlib.metadata.version(each) for each in packages}
