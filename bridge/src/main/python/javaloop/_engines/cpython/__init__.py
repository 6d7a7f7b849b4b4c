"""The engine ``cpython``: CPython and a JVM in one process, bound by ``java.lang.foreign``."""
