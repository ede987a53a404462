"""What the programs of this folder share: signing in, and sockets that come back after a loss, ten times at most.

Needs `apt-get install python3-websockets`, or any later version of that library.
"""
import asyncio
import json
import random
import sys
import urllib.request

import websockets

TRIES = 10
HEADERS = "extra_headers" if int(websockets.__version__.split(".")[0]) < 14 else "additional_headers"
# The server says the same thing each time: trying again is of no use.
FINAL = {1000, 4400, 4403, 4010}


class Account:
    """Somebody who is signed in. Accounts are those of Fix On Call: a user is a `driver` there, a driver a `mechanic`."""

    def __init__(self, api, email, password):
        self.api = api
        body = json.dumps({"email": email, "password": password}).encode()
        data = self._ask(urllib.request.Request(api + "/api/auth/login", body, {"Content-Type": "application/json"}))
        self.token, self.id = data["data"]["access_token"], data["data"]["user"]["id"]

    def get(self, path):
        return self._ask(urllib.request.Request(self.api + path, headers={"Authorization": "Bearer " + self.token}))

    def post(self, path, body):
        return self._ask(urllib.request.Request(
            self.api + path, json.dumps(body).encode(),
            {"Authorization": "Bearer " + self.token, "Content-Type": "application/json"}))

    @staticmethod
    def _ask(request):
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)

    async def talk(self, path, listen):
        """Opens a socket and gives it to `listen`, which returns when it is done; after a loss opens it again."""
        for attempt in range(TRIES):
            try:
                async with websockets.connect(self.api.replace("http", "ws", 1) + path, ping_interval=20,
                                              **{HEADERS: {"Authorization": "Bearer " + self.token}}) as socket:
                    print("open:", path, file=sys.stderr, flush=True)
                    return await listen(Talk(socket))
            except websockets.ConnectionClosed as error:
                if error.rcvd and error.rcvd.code in FINAL:
                    raise
            except OSError:
                pass
            await asyncio.sleep(random.uniform(0, min(2 ** attempt, 30)))
        raise ConnectionError(f"{path}: {TRIES} tries were in vain")


class Talk:
    """One open socket."""

    def __init__(self, socket):
        self.socket = socket

    async def say(self, message):
        print(">", json.dumps(message), flush=True)
        await self.socket.send(json.dumps(message))

    async def hear(self, wanted=lambda message: True):
        """The next message that is wanted; the server's own pings say only that it is there."""
        while True:
            message = json.loads(await self.socket.recv())
            if message.get("type") == "ping":
                continue
            print("<", json.dumps(message), flush=True)
            if message.get("type") == "error":
                raise RuntimeError(message["message"])
            if wanted(message):
                return message
