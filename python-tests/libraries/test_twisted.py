import asyncio

import pytest
from twisted.internet import asyncioreactor, defer, endpoints, protocol, task, threads
from twisted.protocols import basic


class Shout(basic.LineReceiver):
    def lineReceived(self, line) -> None:
        self.sendLine(line.upper())


class Ask(basic.LineReceiver):
    def __init__(self) -> None:
        self.lines: list[bytes] = []
        self.ended: defer.Deferred[list[bytes]] = defer.Deferred()

    def connectionMade(self) -> None:
        for n in range(20):
            self.sendLine(b"line %d" % n)

    def lineReceived(self, line) -> None:
        self.lines.append(line)
        if len(self.lines) == 20:
            self.transport.loseConnection()

    def connectionLost(self, reason=protocol.connectionDone) -> None:
        self.ended.callback(self.lines)


@pytest.fixture
def reactor(loop, is_tested):
    """Not installed: what is given a reactor uses it, and the process stays as it was."""
    is_tested(loop)
    asyncio.set_event_loop(loop)
    yield asyncioreactor.AsyncioSelectorReactor(loop)
    asyncio.set_event_loop(None)


def run(reactor, work) -> None:
    failed = []

    async def main() -> None:
        try:
            await work()
        except BaseException as error:
            failed.append(error)
        reactor.stop()

    # What is called "when running" is called before the loop runs.
    reactor.callLater(0, lambda: defer.ensureDeferred(main()))
    reactor.run(installSignalHandlers=False)
    if failed:
        raise failed[0]


def test_lines_timers_and_threads(reactor, loop):
    async def work() -> None:
        assert asyncio.get_running_loop() is loop
        server = endpoints.TCP4ServerEndpoint(reactor, 0, interface="127.0.0.1")
        port = await server.listen(protocol.Factory.forProtocol(Shout))
        client = endpoints.TCP4ClientEndpoint(reactor, "127.0.0.1", port.getHost().port)
        asked = [(await endpoints.connectProtocol(client, Ask())).ended for _ in range(5)]
        for lines in await defer.gatherResults(asked):
            assert lines == [b"LINE %d" % n for n in range(20)]
        await port.stopListening()

        order = []
        calls = [
            reactor.callLater(seconds, order.append, name)
            for seconds, name in ((0.002, "later"), (0.001, "sooner"))
        ]
        due = [call.getTime() for call in calls]  # a slow start may turn their order round
        cancelled = reactor.callLater(0.001, order.append, "never")
        cancelled.cancel()
        await task.deferLater(reactor, 0.01)
        assert order == (["sooner", "later"] if due[1] < due[0] else ["later", "sooner"])

        pool = reactor.getThreadPool()
        assert await threads.deferToThreadPool(reactor, pool, sum, [1, 2, 3]) == 6
        future = asyncio.ensure_future(asyncio.sleep(0.001, "slept"))
        assert await defer.Deferred.fromFuture(future) == "slept"

    run(reactor, work)
