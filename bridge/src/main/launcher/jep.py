"""Starts a JVM around the CPython that runs this file: ``python -I -S jep.py RUNTIME JDK FLAGS WORD...``

The words are a python's command line, of which so many are its flags.
``python -I -S jep.py --site JDK`` only prints the interpreter and the folder with JEP for both.

JEP, which puts a CPython into a JVM, has to be compiled for each of them. That is done once, into
a folder of the user's cache; the environment of the interpreter is not touched.

Signals stay blocked in all of the JVM's threads: they inherit that from here. Python's main thread
unblocks them and so gets each one, as in a python of its own.
"""

import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import sysconfig

JEP = "4.3.1"
VERSIONS = (3, 10), (3, 14)
JARS = "bridge", "java-loop", "javaloop"
# What the JVM itself works with.
KEPT = {signal.SIGSEGV, signal.SIGBUS, signal.SIGFPE, signal.SIGILL, signal.SIGTRAP, signal.SIGUSR2}


def main(runtime: str, jdk: str, flags: str, words: "list[str]") -> None:
    check_version()
    site = find_jep(jdk)
    java = os.path.join(runtime, "jre", "bin", "java")
    if not os.path.exists(java):
        java = os.path.join(jdk, "bin", "java")
    modules = os.path.join(runtime, "modules")
    jars = [os.path.join(modules, name) for name in sorted(os.listdir(modules))]
    path = [jar for jar in jars if os.path.basename(jar).startswith(JARS)]
    path.append(os.path.join(site, "jep", "jep-%s.jar" % JEP))
    command = [java, "-Xrs", "-XX:+UseSerialGC", "-XX:-UsePerfData", "-Xss16m"]
    command += ["--enable-native-access=ALL-UNNAMED", "-cp", os.pathsep.join(path)]
    command += ["-Djavaloop.jep=" + site]
    command += ["-Djavaloop.sources=" + os.path.join(runtime, "python")]
    command += ["-Djavaloop.executable=" + sys.executable]
    command += ["-Djavaloop.flagWords=" + flags]
    command += ["dev.javaloop.bridge.jep.JepProgram", *words]
    signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals() - KEPT)
    os.execv(java, command)


def check_version() -> None:
    first, last = VERSIONS
    version = sys.version_info[:2]
    if sys.implementation.name != "cpython" or not first <= version <= last:
        raise failure(
            "%s is %s %d.%d; the engine jep takes CPython %d.%d to %d.%d"
            % (sys.executable, sys.implementation.name, *version, *first, *last)
        )


def find_jep(jdk: str) -> str:
    """Gives the folder with the package ``jep`` for this interpreter and JDK; builds it at first."""
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    with open(os.path.join(jdk, "release")) as release:
        pair = "\n".join([os.path.realpath(sys.base_prefix), sys.version, jdk, release.read()])
    key = "%d.%d-%s" % (*sys.version_info[:2], hashlib.sha256(pair.encode()).hexdigest()[:16])
    home = os.path.join(cache, "javaloop", "jep-" + JEP)
    site = os.path.join(home, key)
    if not os.path.isdir(site):
        os.makedirs(home, exist_ok=True)
        with open(site + ".lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not os.path.isdir(site):  # another start built it while this one waited
                build(site, jdk)
    return site


def build(site: str, jdk: str) -> None:
    name = "python%d.%d" % sys.version_info[:2]
    compiler = (sysconfig.get_config_var("CC") or "cc").split()[0]
    header = os.path.join(sysconfig.get_path("include"), "Python.h")
    if shutil.which(compiler) is None:
        raise failure(
            "JEP is compiled for %s at first use, and the compiler %r is missing; Debian: gcc"
            % (sys.executable, compiler)
        )
    if not os.path.exists(os.path.join(jdk, "include", "jni.h")):
        raise failure(
            "JEP is compiled at first use, and %s is no JDK: it has no include/jni.h" % jdk
        )
    if not os.path.exists(header):
        raise failure(
            "JEP is compiled for %s at first use, and %s is missing; Debian: %s-dev"
            % (sys.executable, header, name)
        )
    pip = find_pip()
    print(
        "javaloop: compiling JEP %s for %s (once; a minute)" % (JEP, sys.executable),
        file=sys.stderr,
        flush=True,
    )
    partial, log = site + ".partial", site + ".log"
    shutil.rmtree(partial, ignore_errors=True)
    with open(log, "w") as output:
        status = subprocess.call(
            [
                *pip,
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "--no-deps",
                "--target",
                partial,
                "jep==" + JEP,
            ],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            env={**os.environ, "JAVA_HOME": jdk, "PIP_ROOT_USER_ACTION": "ignore"},
        )
    if status or not os.path.exists(os.path.join(partial, "jep", "libjep.so")):
        with open(log) as output:
            lines = [line.strip() for line in output if "error" in line.lower()]
        why = lines[0] if lines else "pip ended with status %d" % status
        raise failure(
            "JEP %s could not be built for %s: %s; all of it is in %s"
            % (JEP, sys.executable, why, log)
        )
    os.rename(partial, site)


def find_pip() -> "list[str]":
    base = getattr(sys, "_base_executable", sys.executable)
    for python in (sys.executable, base):
        command = [python, "-I", "-m", "pip"]
        if (
            subprocess.call(
                [*command, "--version"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            == 0
        ):
            return command
    raise failure(
        "JEP is installed by pip at first use, and %s has none; Debian: python3-pip" % base
    )


def failure(message: str) -> SystemExit:
    return SystemExit("javaloop: " + message)


if __name__ == "__main__":
    if sys.argv[1] == "--site":
        check_version()
        site = find_jep(sys.argv[2])
        print(sys.executable, site, sep="\n")
    else:
        main(sys.argv[1], sys.argv[2], sys.argv[3], sys.argv[4:])
