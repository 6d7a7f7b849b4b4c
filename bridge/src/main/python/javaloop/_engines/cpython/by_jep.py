"""JEP offers CPython's main thread for imports only: importing this gives it to Java for good."""

import sys

sys.modules["javaloop._by_jep"].host.main()
