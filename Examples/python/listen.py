#!/usr/bin/python3
"""Listens on a socket of Fix On Call, prints each message as a line and comes back after every loss.

    ./listen.py http://127.0.0.1:5000 wairimu@fixoncall.example Nairobi-Demo-1

Needs `apt-get install python3-websockets`, or any later version of that library.
"""
import argparse
import asyncio
import json
import random
import re
import sys
import time
import urllib.error
import urllib.request

import websockets

SOCKETS = {"driver": "/ws/bookings/", "mechanic": "/ws/driver/available_bookings/"}
LONGEST, HEALTHY = 30, 30  # seconds
STOP = {1000: "the server has said all", 4400: "the server does not understand this client",
        4403: "access was revoked", 4010: "a newer socket has taken over"}
HEADERS = "extra_headers" if int(websockets.__version__.split(".")[0]) < 14 else "additional_headers"


class Stop(Exception):
    """Trying again is of no use."""


def after(code, reason=""):
    """What the end of a socket asks for: the least wait in seconds, and whether to sign in again first."""
    if code in STOP:
        raise Stop(f"{code}: {STOP[code]}")
    hint = re.search(r"retry=(\d+)", reason or "")
    return int(hint[1]) if hint else 30 if code == 4029 else 0, code == 4401


def refused(status, headers, signed_in):
    """The same for an answer that is no socket, or no token."""
    if status in (400, 403, 404, 422) or status == 401 and not signed_in:
        raise Stop(f"the server refuses {'this socket' if signed_in else 'to sign in'}: {status}")
    hint = headers.get("Retry-After") or ""
    return int(hint) if hint.isdigit() else 0, status == 401


def sign_in(options):
    """The access token, and the path of the socket that this kind of account listens to."""
    body = json.dumps({"email": options.email, "password": options.password}).encode()
    request = urllib.request.Request(options.api + "/api/auth/login", body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        data = json.load(answer)["data"]
    return data["access_token"], options.path or SOCKETS[data["user"]["user_type"]]


async def listen(options):
    session, ceiling = None, options.first_delay
    while True:
        opened, least, again = None, 0, False
        try:
            session = session or await asyncio.to_thread(sign_in, options)
            token, path = session
            # The library pings by itself: a server's pings alone never tell a phone that its socket is dead.
            async with websockets.connect(re.sub("^http", "ws", options.api) + path, ping_interval=20,
                                          **{HEADERS: {"Authorization": "Bearer " + token}}) as socket:
                opened = time.monotonic()
                print("listening on", path, file=sys.stderr, flush=True)
                while True:
                    print(await socket.recv(), flush=True)
        except websockets.ConnectionClosed as error:
            why = error
            least, again = after(error.rcvd.code, error.rcvd.reason) if error.rcvd else (0, False)
        except (urllib.error.HTTPError, websockets.InvalidHandshake) as error:
            why, answer = error, getattr(error, "response", error)
            status = getattr(answer, "code", None) or getattr(answer, "status_code", None)
            least, again = refused(status, answer.headers, session) if status else (0, False)
        except (OSError, asyncio.TimeoutError) as error:
            why = error
        session = None if again else session
        if opened and time.monotonic() - opened >= HEALTHY:
            ceiling = options.first_delay
        wait, ceiling = least + random.uniform(0, ceiling), min(2 * ceiling, LONGEST)
        print(f"{why or type(why).__name__}; again in {wait:.1f} s", file=sys.stderr, flush=True)
        await asyncio.sleep(wait)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Prints what a socket of Fix On Call says.")
    parser.add_argument("api", help="http://HOST:PORT")
    parser.add_argument("email")
    parser.add_argument("password")
    parser.add_argument("--path", help="another socket, such as /ws/driver/bookings/")
    parser.add_argument("--first-delay", type=float, default=1, help="the first try comes within these seconds")
    try:
        asyncio.run(listen(parser.parse_args()))
    except Stop as stop:
        sys.exit(str(stop))
    except KeyboardInterrupt:
        pass
