"""Plays the cases of Autobahn|Testsuite to a WebSocket server that echoes, and judges it by RFC 6455.

Run by `make conformance`, with the Python and the cases that setup.sh has put under var/conformance.
"""
import argparse
import binascii
import json
import os
import socket
import subprocess
import sys
from collections import Counter

PLACE = "var/conformance"
sys.path.insert(0, os.path.join(PLACE, "suite"))


def as_bytes(text):
    return text.encode("latin1") if isinstance(text, str) else text


# Cases show payloads in hexadecimal, as text, and think that a string is bytes.
hexlify = binascii.b2a_hex
binascii.b2a_hex = lambda data, *more: hexlify(as_bytes(data), *more).decode()

from autobahn.twisted.websocket import WebSocketClientFactory, WebSocketClientProtocol, connectWS  # noqa: E402
from autobahntestsuite.case import (  # noqa: E402
    CaseBasename, CaseCategories, Cases, CaseSetname, CaseSubCategories)
from autobahntestsuite.caseset import CaseSet  # noqa: E402
from twisted.internet import reactor  # noqa: E402

# Framing, pings, reserved bits, opcodes, fragments, UTF-8, closing, size, the rest. 8 is empty; 12 and 13 are compression,
# which we decline.
EVERYTHING = "1.*,2.*,3.*,4.*,5.*,6.*,7.*,9.*,10.*"
EVERYTHING_COUNTS = 301
NON_STRICT_ALLOWED = 3
# No case waits longer by itself.
CASE_SECONDS = 120

VERDICTS = ["ok", "non-strict", "informational", "failed"]


class Peer(WebSocketClientProtocol):
    """The client of one case. The suite's strings hold a byte in each character; the wire has bytes."""

    def connectionMade(self):
        self.createWirelog = self.createStats = True
        self.connectionWasOpen = False
        self.rxFrameStats, self.txFrameStats = Counter(), Counter()
        self.watchdog = reactor.callLater(CASE_SECONDS, self.transport.abortConnection)
        super().connectionMade()

    def connectionLost(self, reason):
        if self.watchdog.active():
            self.watchdog.cancel()
        super().connectionLost(reason)
        self.runCase.onConnectionLost(self.failedByMe)
        self.factory.ended(self.runCase)

    # What cases ask of their client.

    def later(self, seconds, work):
        reactor.callLater(seconds, lambda: work() if self.state != self.STATE_CLOSED else None)

    def continueLater(self, seconds, work, tag=None):
        self.later(seconds, work)

    def killAfter(self, seconds):
        self.later(seconds, self._fail_connection)

    def closeAfter(self, seconds):
        self.later(seconds, self.sendClose)

    def enableWirelog(self, enabled):
        self.createWirelog = enabled

    def logRxFrame(self, header, payload):
        self.rxFrameStats[header.opcode] += 1

    def logTxFrame(self, header, payload, *more):
        self.txFrameStats[header.opcode] += 1

    # From the wire to the case.

    def onOpen(self):
        self.connectionWasOpen = True
        self.runCase.onOpen()

    def onMessage(self, payload, isBinary):
        compares_bytes = isinstance(getattr(self.runCase, "testData", None), bytes)
        self.runCase.onMessage(payload if compares_bytes else payload.decode("latin1"), isBinary)

    def onPing(self, payload):
        self.runCase.onPing(payload.decode("latin1"))

    def onPong(self, payload):
        self.runCase.onPong(payload.decode("latin1"))

    def onClose(self, *end):
        self.runCase.onClose(*end)

    # From the case to the wire.

    def sendFrame(self, opcode, payload=b"", **options):
        super().sendFrame(opcode, payload=as_bytes(payload), **options)

    def sendMessage(self, payload, isBinary=False, *more, **options):
        super().sendMessage(as_bytes(payload), isBinary, *more, **options)

    def sendMessageFrameData(self, payload, sync=False):
        return super().sendMessageFrameData(as_bytes(payload), sync)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        super().sendCloseFrame(code, as_bytes(reasonUtf8), isReply)


class Run(WebSocketClientFactory):
    """One case after the other, each on a connection of its own."""

    def __init__(self, url, patterns):
        super().__init__(url)
        self.logOctets, self.logFrames = False, True
        self.setProtocolOptions(failByDrop=False)
        self.cases = CaseSet(CaseSetname, CaseBasename, Cases, CaseCategories, CaseSubCategories)
        self.todo = self.cases.parseSpecCases({"cases": patterns})
        self.planned = len(self.todo)
        self.results = {}
        self.misses = 0
        self.connector = connectWS(self)

    def buildProtocol(self, address):
        peer = Peer()
        peer.factory = self
        peer.runCase = self.cases.CasesById[self.todo[0]](peer)
        return peer

    def ended(self, case):
        self.results[self.todo.pop(0)] = {
            "verdict": verdict(case), "behavior": case.behavior, "close": case.behaviorClose,
            "why": case.result, "why_close": case.resultClose,
            "expected": shortened(case.expected), "received": shortened(case.received)}
        if sys.stderr.isatty():
            print(f"\r{len(self.results)} of {self.planned} cases", end="\r", file=sys.stderr, flush=True)

    def clientConnectionLost(self, connector, reason):
        if self.todo:
            connector.connect()
        else:
            reactor.stop()

    def clientConnectionFailed(self, connector, reason):
        # At first the server is still starting; later it may have fallen.
        self.misses += 1
        if self.misses < 50:
            reactor.callLater(0.2, connector.connect)
        else:
            print(f"the server cannot be reached: {reason.getErrorMessage()}", file=sys.stderr)
            reactor.stop()


def verdict(case):
    if case.behavior not in ("OK", "NON-STRICT", "INFORMATIONAL") or case.behaviorClose not in ("OK", "INFORMATIONAL"):
        return "failed"
    return case.behavior.lower()


def shortened(events):
    text = str(events)
    return text if len(text) <= 1000 else text[:1000] + " …"


def report(results):
    """A line for each category, and below the table what went wrong."""
    rows = {}
    for name, result in results.items():
        rows.setdefault(name.split(".")[0], Counter())[result["verdict"]] += 1
    rows = {category: rows[category] for category in sorted(rows, key=int)}
    total = sum(rows.values(), Counter())
    print(f"{'category':<28}" + "".join(f"{word:>15}" for word in VERDICTS))
    for category, counts in rows.items():
        print(f"{category + '  ' + CaseCategories[category]:<28}" + "".join(f"{counts[word]:>15}" for word in VERDICTS))
    print(f"{'all':<28}" + "".join(f"{total[word]:>15}" for word in VERDICTS))
    for name, result in results.items():
        if result["verdict"] in ("failed", "non-strict"):
            print(f"\n{name} {result['verdict']}: {result['why']} {result['why_close']}")
            print(f"  expected {result['expected']}\n  received {result['received']}")
    return total


def main():
    parser = argparse.ArgumentParser(prog="make conformance", description=__doc__.split("\n")[0])
    parser.add_argument("--cases", default=EVERYTHING, help="patterns such as 6.*,7.1.1 (default: %(default)s)")
    parser.add_argument("--url", help="another server, already running, instead of ours")
    parser.add_argument("--server", default=".build/release/EchoServer", help=argparse.SUPPRESS)
    options = parser.parse_args()

    server = None
    if not options.url:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        options.url = f"ws://127.0.0.1:{port}/"
        server = subprocess.Popen(["setpriv", "--pdeathsig", "KILL", options.server, str(port)])
    try:
        run = Run(options.url, options.cases.split(","))
        reactor.run()
    finally:
        if server:
            server.terminate()
            server.wait()

    with open(f"{PLACE}/report.json", "w") as file:
        json.dump(run.results, file, indent=1)
    total = report(run.results)
    wanted = EVERYTHING_COUNTS if options.cases == EVERYTHING else run.planned
    passed = (
        len(run.results) >= wanted > 0 and total["failed"] == 0 and total["non-strict"] <= NON_STRICT_ALLOWED)
    print()
    print(json.dumps({
        "verdict": "pass" if passed else "fail", "cases": len(run.results), "wanted": wanted,
        **{word.replace("-", "_"): total[word] for word in VERDICTS}}))
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
