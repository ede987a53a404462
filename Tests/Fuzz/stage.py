"""People and things on a running server, so that generated requests meet something real.

A recipe names an operation and makes the state in which it can succeed: a service that is offered, accepted or under
way, an account that may be switched off. Each one has people of its own, who stand where nobody else does; so what
one request breaks is nothing another needs.
"""

import itertools
import json
import struct
import threading
import time
import zlib

import requests

PASSWORD = "Long-and-odd-7531"


def chunk(kind, content):
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


# The smallest picture there is: one grey pixel.
PIXEL = (
    b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")
)


class Refused(Exception):
    """A recipe's own request was refused: the recipe is wrong, or the server is."""


class Person:
    def __init__(self, stage, data, email):
        self.stage, self.email = stage, email
        self.token, self.refresh = data["access_token"], data["refresh_token"]
        self.id, self.number = data["user"]["id"], data["user"]["number"]

    def ask(self, method, path, body=None):
        answer = self.stage.http().request(
            method, self.stage.url + path, json=body, headers={"Authorization": f"Bearer {self.token}"}, timeout=30
        )
        if answer.status_code >= 400:
            raise Refused(f"{method} {path} {json.dumps(body)}: {answer.status_code} {answer.text}")
        return answer.json().get("data", {})


class Stage:
    """What the recipes need of a server: its address, and one admin."""

    def __init__(self, url, admin_email, number, outbox=""):
        """Two stages of a server have numbers of their own, and so people and places of their own."""
        self.url, self.outbox = url, outbox
        self.local = threading.local()
        self.counter = itertools.count(number * 30_000)
        answer = self.http().post(
            url + "/api/auth/login", json={"email": admin_email, "password": PASSWORD}, timeout=30
        )
        self.admin = Person(self, answer.json()["data"], admin_email)

    def http(self):
        if not hasattr(self.local, "session"):
            self.local.session = requests.Session()
        return self.local.session

    # People

    def register(self, kind, **more):
        index = next(self.counter)
        email = f"{kind}-{index}@example.com"
        phone = f"+2547{50_000_000 + index}"
        body = {"email": email, "password": PASSWORD, "name": f"A {kind}", "phone": phone, "user_type": kind, **more}
        answer = self.http().post(self.url + "/api/auth/register", json=body, timeout=30)
        if answer.status_code != 201:
            raise Refused(f"register {body}: {answer.status_code} {answer.text}")
        person = Person(self, answer.json()["data"], email)
        person.phone = phone
        return person

    def customer(self):
        return self.register("driver")

    def provider(self, spot=None):
        spot = spot or self.spot()
        person = self.register(
            "mechanic", specialization=["engine", "electrical"], experience_years=5, service_radius_km=20, location=spot
        )
        person.spot = spot
        return person

    def address(self):
        """An e-mail address that nobody has."""
        return f"somebody-{next(self.counter)}@example.com"

    def person(self, role):
        if role == "customer":
            return self.customer()
        return self.provider() if role == "provider" else self.admin

    def spot(self):
        """A place far from every other one's."""
        index = next(self.counter)
        return {"latitude": index % 400 * 0.3 - 60.05, "longitude": index // 400 % 700 * 0.5 - 175.05}

    def code(self, address, purpose="verify"):
        """The newest code that the server has sent to an address: a development server writes them into a file."""
        for _ in range(200):
            with open(self.outbox) as lines:
                sent = [json.loads(line) for line in lines if line.endswith("\n")]
            codes = [one["code"] for one in sent if one["address"] == address and one.get("purpose") == purpose]
            if codes:
                return codes[-1]
            time.sleep(0.02)
        raise Refused(f"no code to {purpose} was sent to {address}")

    # Services

    def parties(self):
        mechanic = self.provider()
        return self.customer(), mechanic

    def service(self, *statuses):
        """A service led to the last of some statuses, and its parties."""
        customer, mechanic = self.parties()
        made = customer.ask(
            "POST", "/api/services/request",
            {"service_type": "breakdown", "location": {**mechanic.spot, "address": "Here"}, "description": "Fuzz"},
        )
        service = made["service"]["id"]
        for status in statuses:
            mechanic.ask("PUT", f"/api/services/{service}/status", {"status": status})
        return service, customer, mechanic

    def booking(self, *statuses, scheduled=None):
        customer, mechanic = self.parties()
        body = {"service_type": "breakdown", "location": {**mechanic.spot, "address": "Here"}}
        if scheduled:
            body |= {"scheduled_time": scheduled, "mechanic_id": mechanic.id}
        booking = customer.ask("POST", "/api/bookings/create", body)["booking"]["id"]
        for status in statuses:
            mechanic.ask("PUT", f"/api/services/{booking}/status", {"status": status})
        return booking, customer, mechanic

    def upload(self, person, purpose):
        answer = self.http().post(
            self.url + "/api/uploads", files={"file": ("pixel.png", PIXEL, "image/png")}, data={"purpose": purpose},
            headers={"Authorization": f"Bearer {person.token}"}, timeout=30,
        )
        if answer.status_code != 201:
            raise Refused(f"upload {purpose}: {answer.status_code} {answer.text}")
        return answer.json()["data"]["upload"]["id"]
