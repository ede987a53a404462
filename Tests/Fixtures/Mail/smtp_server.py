#!/usr/bin/env python3
"""A mail server for tests that forgives nothing: what RFC 5321 forbids is a fault, and ends the connection.

    smtp_server.py MODE [--certificate FILE --key FILE] [--refuse STAGE:REPLY:TIMES]...

MODE is plain, starttls or tls. A line of JSON on standard output for everything that happened: first {"port": n}, then
{"command": …}, {"fault": …} and {"message": …}. It ends with whoever started it.
"""
import argparse, base64, json, os, socket, ssl, sys, threading, time

arguments = argparse.ArgumentParser()
arguments.add_argument("mode", choices=["plain", "starttls", "tls"])
arguments.add_argument("--certificate")
arguments.add_argument("--key")
arguments.add_argument("--refuse", action="append", default=[])
options = arguments.parse_args()

refusals = {}
for entry in options.refuse:
    stage, reply, times = entry.split(":")
    refusals[stage] = [int(reply), int(times)]

context = None
if options.certificate:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(options.certificate, options.key)


def tell(**event):
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()


class Fault(Exception):
    pass


class Session:
    def __init__(self, peer, encrypted):
        self.peer, self.encrypted, self.buffer = peer, encrypted, b""
        self.greeted = False
        self.login = None
        self.envelope = None

    def reply(self, text):
        self.peer.sendall(text.encode() + b"\r\n")

    def line(self, most=512):
        while b"\n" not in self.buffer:
            part = self.peer.recv(65536)
            if not part:
                return None
            self.buffer += part
            if len(self.buffer) > 1 << 20:
                raise Fault("an endless line")
        line, self.buffer = self.buffer.split(b"\n", 1)
        if not line.endswith(b"\r"):
            raise Fault("a bare LF")
        line = line[:-1]
        if b"\r" in line or b"\0" in line:
            raise Fault("a bare CR or NUL")
        if len(line) > most:
            raise Fault("a line of %d bytes" % len(line))
        return line

    def refused(self, stage):
        refusal = refusals.get(stage)
        if not refusal or refusal[1] == 0:
            return False
        refusal[1] -= 1
        self.reply("%d not now" % refusal[0])
        return True

    def run(self):
        self.reply("220 fake ESMTP")
        while True:
            line = self.line()
            if line is None:
                return
            text = line.decode("ascii")
            verb, _, rest = text.partition(" ")
            verb = verb.upper()
            tell(command=verb, encrypted=self.encrypted)
            if verb == "QUIT":
                self.reply("221 bye")
                return
            handler = getattr(self, "on_" + verb.lower(), None)
            if not handler:
                raise Fault("an unknown command: " + verb)
            if verb != "EHLO" and not self.greeted:
                raise Fault(verb + " before EHLO")
            handler(rest)

    def on_ehlo(self, name):
        if not name or " " in name:
            raise Fault("a greeting without a name")
        self.greeted = True
        extensions = ["fake", "8BITMIME"]
        if options.mode == "starttls" and not self.encrypted:
            extensions.append("STARTTLS")
        else:
            extensions.append("AUTH PLAIN")
        for extension in extensions[:-1]:
            self.reply("250-" + extension)
        self.reply("250 " + extensions[-1])

    def on_starttls(self, rest):
        if options.mode != "starttls" or self.encrypted or rest:
            raise Fault("STARTTLS out of place")
        if self.buffer:
            raise Fault("something sent behind STARTTLS in the clear")
        self.reply("220 go ahead")
        self.peer = context.wrap_socket(self.peer, server_side=True)
        self.encrypted, self.greeted = True, False

    def on_auth(self, rest):
        if options.mode != "plain" and not self.encrypted:
            raise Fault("a password in the clear")
        mechanism, _, initial = rest.partition(" ")
        if mechanism != "PLAIN":
            raise Fault("a mechanism that was not offered: " + mechanism)
        if not initial:
            self.reply("334 ")
            initial = self.line(12288).decode("ascii")
        parts = base64.b64decode(initial, validate=True).split(b"\0")
        if len(parts) != 3:
            raise Fault("AUTH PLAIN of %d parts" % len(parts))
        if self.refused("AUTH"):
            return
        self.login = [parts[1].decode(), parts[2].decode()]
        self.reply("235 welcome")

    def on_mail(self, rest):
        if options.mode == "starttls" and not self.encrypted:
            raise Fault("mail in the clear")
        if self.envelope is not None or not rest.upper().startswith("FROM:<") or ">" not in rest:
            raise Fault("MAIL " + rest)
        if self.refused("MAIL"):
            return
        self.envelope = {"from": rest[6:rest.index(">")], "to": []}
        self.reply("250 ok")

    def on_rcpt(self, rest):
        if self.envelope is None or not rest.upper().startswith("TO:<") or not rest.endswith(">"):
            raise Fault("RCPT " + rest)
        if self.refused("RCPT"):
            return
        self.envelope["to"].append(rest[4:-1])
        self.reply("250 ok")

    def on_rset(self, rest):
        self.envelope = None
        self.reply("250 ok")

    def on_data(self, rest):
        if not self.envelope or not self.envelope["to"]:
            raise Fault("DATA without anybody to send it to")
        if self.refused("DATA"):
            self.envelope = None
            return
        self.reply("354 go ahead")
        lines = []
        while True:
            line = self.line(998)
            if line is None:
                raise Fault("a message without an end")
            if line == b".":
                break
            lines.append(line[1:] if line.startswith(b".") else line)
        if self.refused("END"):
            self.envelope = None
            return
        tell(message="\r\n".join(line.decode("ascii") for line in lines), encrypted=self.encrypted, login=self.login,
             **self.envelope)
        self.envelope = None
        self.reply("250 queued as 1")


def serve(peer):
    try:
        if options.mode == "tls":
            peer = context.wrap_socket(peer, server_side=True)
        session = Session(peer, options.mode == "tls")
        try:
            session.run()
        except (Fault, ValueError) as fault:
            tell(fault=str(fault))
            session.reply("500 no")
        session.peer.close()
    except (OSError, ssl.SSLError) as error:
        tell(broken=type(error).__name__)


parent = os.getppid()
listener = socket.create_server(("127.0.0.1", 0))
tell(port=listener.getsockname()[1])


def accept():
    while True:
        peer, _ = listener.accept()
        threading.Thread(target=serve, args=(peer,), daemon=True).start()


threading.Thread(target=accept, daemon=True).start()
while os.getppid() == parent:
    time.sleep(0.5)
