"""Leads a case's connections to the stand-ins of the hosts that it names, and its listening sockets to ports of its own.

The conformance suite runs this in both sides' processes and in their children, for cases whose catalogue names servers. `plan` is
what the suite says: `places` maps `host:port` to a port of the loopback interface, `listening` a port to the one that is used
instead. A host that is neither this machine nor in the plan cannot be reached.
"""

import errno
import ipaddress
import os
import socket

_LOOPBACK = "127.0.0.1"


def install(plan):
    places, listening = dict(plan["places"]), dict(plan["listening"])
    # Names get addresses of a network that is set aside for tests (RFC 2544): a program sees a host's own address and port.
    names = sorted(
        {place.rpartition(":")[0] for place in places if not _is_address(place.rpartition(":")[0])}
        - {"localhost"}
    )
    addresses = {name: "198.18.%d.%d" % divmod(number, 250) for number, name in enumerate(names, 1)}
    for name, address in addresses.items():
        for place in list(places):
            host, _, port = place.rpartition(":")
            if host == name:
                places["%s:%s" % (address, port)] = places[place]
    for place in list(places):
        host, _, port = place.rpartition(":")
        if host == "localhost":
            places["%s:%s" % (_LOOPBACK, port)] = places[place]
    getaddrinfo, connect, connect_ex, bind = (
        socket.getaddrinfo,
        socket.socket.connect,
        socket.socket.connect_ex,
        socket.socket.bind,
    )

    def mapped_getaddrinfo(host, port, family=0, type=0, proto=0, flags=0):
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str):
            known = addresses.get(name.lower().rstrip("."))
            if known is None and not _is_address(name) and name not in ("", "localhost"):
                raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            if known is not None:
                host = known
                if family == socket.AF_INET6:
                    raise socket.gaierror(
                        socket.EAI_ADDRFAMILY, "Address family for hostname not supported"
                    )
        return getaddrinfo(host, port, family, type, proto, flags)

    def target(sock, address):
        """Where the connection really goes; None when there is no such host."""
        if sock.family not in (socket.AF_INET, socket.AF_INET6):
            return address
        host = addresses.get(address[0], address[0])
        port = places.get("%s:%s" % (host, address[1]))
        if port is not None:
            return (_LOOPBACK, port)
        moved = listening.get(str(address[1]))
        if _is_here(host):
            return address if moved is None else (host, moved, *tuple(address[2:]))
        return None

    def mapped_connect(self, address):
        real = target(self, address)
        if real is None:
            raise OSError(errno.ENETUNREACH, os.strerror(errno.ENETUNREACH))
        return connect(self, real)

    def mapped_connect_ex(self, address):
        real = target(self, address)
        return errno.ENETUNREACH if real is None else connect_ex(self, real)

    def mapped_bind(self, address):
        if self.family in (socket.AF_INET, socket.AF_INET6):
            moved = listening.get(str(address[1]))
            if moved is not None:
                address = (address[0], moved, *tuple(address[2:]))
        return bind(self, address)

    socket.getaddrinfo = mapped_getaddrinfo
    socket.socket.connect = mapped_connect
    socket.socket.connect_ex = mapped_connect_ex
    socket.socket.bind = mapped_bind


def _is_address(host):
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_here(host):
    if host in ("", "localhost"):
        return True
    address = ipaddress.ip_address(host)
    return address.is_loopback or address.is_unspecified


install(plan)  # noqa: F821
