"""Answers, as JSON on stdout, what the suite asks an interpreter about snippets and modules (JSON on stdin)."""

import ast
import importlib
import importlib.util
import json
import platform
import re
import sys
import warnings

# Client libraries of servers that a note expects to find running.
SERVERS = {
    "aiomysql": "MySQL",
    "asyncmy": "MySQL",
    "pymysql": "MySQL",
    "MySQLdb": "MySQL",
    "aioredis": "Redis",
    "redis": "Redis",
    "asyncpg": "PostgreSQL",
    "psycopg": "PostgreSQL",
    "psycopg2": "PostgreSQL",
    "aiopg": "PostgreSQL",
    "motor": "MongoDB",
    "pymongo": "MongoDB",
    "pika": "RabbitMQ",
    "aio_pika": "RabbitMQ",
    "aiokafka": "Kafka",
}
# Calls that serve until somebody stops them.
FOREVER = {"uvicorn.run", "web.run_app", "aiohttp.web.run_app", "hypercorn.run", "sanic.run"}
TALKS = set(SERVERS) | {
    "requests",
    "aiohttp",
    "httpx",
    "urllib",
    "urllib3",
    "http",
    "socket",
    "websockets",
    "ftplib",
    "smtplib",
    "grpc",
}
OPENS = {
    "open_connection",
    "create_connection",
    "create_datagram_endpoint",
    "getaddrinfo",
    "getnameinfo",
}
HOST_IN_URL = re.compile(
    r"\b[a-z][a-z0-9+.-]*://(?:[^/\s@'\"]*@)?(\[[0-9a-f:]+\]|[^/\s:'\"?#]+)", re.I
)
ADDRESS = re.compile(r"^(?:\d{1,3}\.){3}\d{1,3}$")
LOOPBACK = re.compile(r"^(?:localhost|127\..*|0\.0\.0\.0|\[::1?\])$", re.I)


def dotted(node):
    """The source name of a call's target: `uvicorn.run`, `tornado.ioloop.IOLoop.current().start`."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return dotted(node.value) + "." + node.attr
    if isinstance(node, ast.Call):
        return dotted(node.func) + "()"
    return "?"


def optional_imports(tree):
    """Imports below a `try` that handles their failure: the snippet can do without them."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Try) and any(
            handler.type is None
            or "Import" in ast.dump(handler.type)
            or "ModuleNotFound" in ast.dump(handler.type)
            or "'Exception'" in ast.dump(handler.type)
            for handler in node.handlers
        ):
            for inner in node.body:
                found.update(id(part) for part in ast.walk(inner))
    return found


def snippet(code):
    facts = {"parses": False, "error": "", "imports": [], "hosts": [], "servers": []}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(code)
            facts["parses"] = True
            compile(code, "snippet", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        facts["error"] = "%s: %s" % (type(error).__name__, error)
        return facts
    optional = optional_imports(tree)
    imports, hosts, servers, opens = {}, {}, {}, False
    prose = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import) and id(node) not in optional:
            imports.update((alias.name.partition(".")[0], None) for alias in node.names)
        elif (
            isinstance(node, ast.ImportFrom)
            and node.module
            and not node.level
            and id(node) not in optional
        ):
            imports[node.module.partition(".")[0]] = None
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in prose
        ):
            found = HOST_IN_URL.findall(node.value) + (
                [node.value] if ADDRESS.match(node.value) else []
            )
            hosts.update((host, None) for host in found if not LOOPBACK.match(host))
        elif isinstance(node, ast.Call):
            name = dotted(node.func)
            opens = opens or name.rpartition(".")[2] in OPENS
            if name in FOREVER or ("IOLoop" in name and name.endswith(".start")):
                servers["%s() serves until it is stopped" % name.replace("()", "")] = None
    for module in imports:
        if module in SERVERS:
            servers["%s, by %s" % (SERVERS[module], module)] = None
    facts["imports"] = list(imports)
    facts["hosts"] = list(hosts) if opens or TALKS & set(imports) else []
    facts["servers"] = list(servers)
    return facts


def missing(module):
    """Why the module cannot be imported, or None. Only the standard library is really imported here."""
    if module in sys.stdlib_module_names:
        try:
            importlib.import_module(module)
        except ImportError as error:
            return str(error)
        return None
    try:
        found = importlib.util.find_spec(module)
    except ValueError as error:
        return str(error)
    return None if found else "not installed"


def main():
    question = json.loads(sys.stdin.read())
    answer = {
        "implementation": platform.python_implementation(),
        "version": platform.python_version(),
        "snippets": [snippet(code) for code in question["snippets"]],
        "missing": {name: why for name in question["modules"] if (why := missing(name))},
        "stdlib": [name for name in question["modules"] if name in sys.stdlib_module_names],
    }
    print("\n" + json.dumps(answer))


main()
