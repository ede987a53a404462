"""`make fuzz-api`: schemathesis against a running server, for each role and without a token.

A server of its own, with a database of its own, is started and seeded through its API. Every check of schemathesis is
on, in all phases; it is bad if one fails, and it is bad if fewer than 95 % of the operations reached a 2xx, for then
only refusals were tested. Sockets are left out: what they answer to plain HTTP is no operation.
"""

import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import time

import requests

ROLES = ("nobody", "customer", "provider", "admin")
BAR = 0.95
HERE = pathlib.Path(__file__).parent.resolve()
PLACE = pathlib.Path("var/fuzz").resolve()
PASSWORD = "Long-and-odd-7531"
ADMIN = "fuzz@admin.example"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """`fixoncall serve` with everything of its own below var/fuzz/state."""

    def __init__(self, program):
        self.program = program
        self.state = PLACE / "state"
        shutil.rmtree(self.state, ignore_errors=True)
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.environment = os.environ | {
            "FIXONCALL_ENV": "development", "FIXONCALL_STATE": str(self.state), "PORT": str(port),
            # Whoever fuzzes asks, and is wrong, more often than anybody may.
            "LIMITS_READS_PER_MINUTE": "0", "LIMITS_WRITES_PER_MINUTE": "0", "LIMITS_SEARCHES_PER_ACCOUNT": "0",
            "LIMITS_PASSWORD_TRIES": "1000",
            "LIMITS_CODES_PER_DESTINATION": "1000", "LIMITS_CODES_PER_ACCOUNT": "1000",
            "LIMITS_CODES_PER_PREFIX": "1000000", "LIMITS_CODES_TO_PHONES": "1000000",
            "LIMITS_CODES_TO_MAILBOXES": "1000000", "UPLOADS_PER_DAY": "100000",
            "LOG_LEVEL": "warning",
        }
        self.environment.pop("MONGO_URI", None)
        self.log = open(PLACE / "server.log", "w")
        self.process = subprocess.Popen(
            [program, "serve", *self.settings()], env=self.environment, stdout=self.log, stderr=subprocess.STDOUT
        )

    @staticmethod
    def settings():
        values = {"accounts.accessMinutes": 600, "accounts.bcryptCost": 4}
        return [part for name, value in values.items() for part in ("--set", f"{name}={value}")]

    def wait(self):
        for _ in range(600):
            if self.process.poll() is not None:
                sys.exit(f"the server ended by itself: see {PLACE}/server.log")
            try:
                if requests.get(self.url + "/api/health", timeout=5).status_code == 200:
                    return
            except requests.ConnectionError:
                pass
            time.sleep(0.1)
        sys.exit("the server does not get ready")

    def create_admin(self):
        subprocess.run(
            [self.program, "create-admin", ADMIN, *self.settings()], env=self.environment, input=PASSWORD + "\n",
            text=True, check=True, stdout=self.log, stderr=self.log,
        )

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(60)


def token(url, role):
    """The token with which a whole run is made; recipes lend those of others."""
    sys.path.insert(0, str(HERE))
    from stage import Stage

    return Stage(url, ADMIN).person(role).token


def run(url, role, options, environment):
    """One run of schemathesis; whether it found nothing. One worker: Python 3.11's compiler is not safe in two."""
    seen = PLACE / f"{role}.json"
    seen.unlink(missing_ok=True)
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run",
        url + "/api/swagger.json", "--url", url, "--phases", options.phases, "--mode", "all", "--checks", "all",
        "--max-examples", str(options.examples), "--workers", "1", "--seed", str(options.seed),
        "--request-timeout", "20", "--continue-on-failure", "--no-color", "--exclude-path-regex", "^/ws/",
        "--report", "ndjson", "--report-ndjson-path", str(PLACE / f"{role}.ndjson"),
    ]
    if options.only:
        command += ["--include-path-regex", options.only]
    bearer = "" if role == "nobody" else token(url, role)
    environment = environment | {
        "FUZZ_URL": url, "FUZZ_ROLE": role, "FUZZ_SEEN": str(seen), "FUZZ_ADMIN": ADMIN, "FUZZ_TOKEN": bearer,
        "PYTHONWARNINGS": "ignore",
        "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE),
    }
    with open(PLACE / f"{role}.log", "w") as log:
        # It keeps notes where it runs.
        code = subprocess.run(
            command, env=environment, stdout=log, stderr=subprocess.STDOUT, check=False, cwd=PLACE
        ).returncode
    counts = json.loads(seen.read_text()) if seen.exists() else {"succeeded": {}, "refused": {}}
    verdict = "ok" if code == 0 else "FAILED"
    print(f"{role:10} {verdict}, {sum(counts['succeeded'].values())} answers were 2xx", flush=True)
    for recipe, complaint in counts["refused"].items():
        print(f"           the recipe of {recipe} failed: {complaint}")
    if code != 0:
        print(f"           see {PLACE}/{role}.log")
    return code == 0, set(counts["succeeded"])


def main():
    parser = argparse.ArgumentParser(prog="make fuzz-api", description=__doc__)
    parser.add_argument("--program", default=".build/release/fixoncall")
    parser.add_argument("--roles", default=",".join(ROLES), help=f"of {', '.join(ROLES)}")
    parser.add_argument("--examples", type=int, default=50, help="for each operation and role, at most (50)")
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="a pattern of paths; then the bar of 95 %% does not count")
    options = parser.parse_args()

    PLACE.mkdir(parents=True, exist_ok=True)
    server = Server(options.program)
    try:
        url, environment = server.url, server.environment
        server.wait()
        server.create_admin()
        environment["FUZZ_OUTBOX"] = str(PLACE / "state/outbox.jsonl")
        document = requests.get(url + "/api/swagger.json", timeout=10).json()
        operations = {
            f"{method.upper()} {path}"
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if not operation.get("x-websocket")
        }
        # The document itself has just been read.
        good, reached = True, {"GET /api/swagger.json"}
        for role in options.roles.split(","):
            found_nothing, succeeded = run(url, role, options, environment)
            good, reached = good and found_nothing, reached | succeeded
        reached &= operations
        share = len(reached) / len(operations)
        print(f"{len(reached)} of {len(operations)} operations reached a 2xx: {share:.1%}")
        if not options.only:
            for operation in sorted(operations - reached):
                print(f"           never: {operation}")
            good = good and share >= BAR
        sys.exit(0 if good else 1)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
