"""What starts an echo server."""

from pathlib import Path

from columns import JAVA

HERE = Path(__file__).parent


def command(column, kind, *files):
    """Files are a certificate and a key, or the path of a Unix socket."""
    program = ["Server.java"] if column.kind == JAVA else ["server.py", column.loop]
    return [*column.command, str(HERE / program[0]), *program[1:], kind, *files]
