"""`make fuzz-api`: schemathesis against a running server, for each role and without a token.

A server of its own, with a database of its own, is started and seeded through its API. Every check of schemathesis is
on, in all phases; it is bad if one fails, and it is bad if fewer than 95 % of the operations reached a 2xx, for then
only refusals were tested. Sockets are left out: what they answer to plain HTTP is no operation.

`--short` is what `make test` has time for: each operation as one role that may call it, without chance, so that the
same program always has the same result.
"""

import argparse
import base64
import concurrent.futures
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
# Runs that were started.
children = []


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
            "ADMIN_PORT": "0",
            # Whoever fuzzes asks, and is wrong, more often than anybody may.
            "LIMITS_READS_PER_MINUTE": "0", "LIMITS_WRITES_PER_MINUTE": "0", "LIMITS_SEARCHES_PER_ACCOUNT": "0",
            "LIMITS_PASSWORD_TRIES": "1000",
            "LIMITS_CODES_PER_DESTINATION": "1000", "LIMITS_CODES_PER_ACCOUNT": "1000",
            "LIMITS_CODES_PER_PREFIX": "1000000", "LIMITS_CODES_TO_PHONES": "1000000",
            "LIMITS_CODES_TO_MAILBOXES": "1000000", "UPLOADS_PER_DAY": "100000",
            "LOG_LEVEL": "warning",
        }
        self.environment.pop("MONGO_URI", None)
        # The server looks below its own state; the one that `make setup` fetches lies elsewhere.
        fetched = pathlib.Path("var/mongodb/bin/mongod").resolve()
        if fetched.exists():
            self.environment.setdefault("MONGOD", str(fetched))
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
        try:
            self.process.send_signal(signal.SIGTERM)
            if self.process.wait(60) == 0:
                return
        except subprocess.TimeoutExpired:
            self.process.kill()
        # Whoever does not end in peace leaves the database that he started.
        subprocess.run(
            [self.program, "db", "stop"], env=self.environment, check=False, stdout=self.log, stderr=self.log
        )


def token(url, role):
    """The token with which a whole run is made; recipes lend those of others."""
    sys.path.insert(0, str(HERE))
    from stage import Stage

    return Stage(url, ADMIN, len(ROLES) + ROLES.index(role)).person(role).token


def caller(operation):
    """The first role that may call an operation."""
    if "security" not in operation:
        return "nobody"
    return next(role for role in ROLES[1:] if role in operation.get("x-roles", ROLES))


def failures(report):
    """What went wrong in a run, a few lines for each kind: the check, what was sent, and what was answered."""
    kinds = {}
    with open(report) as lines:
        for line in lines:
            event, value = next(iter(json.loads(line).items()))
            if event.endswith("Error"):
                kinds.setdefault((value.get("label"), "error"), [value["value"]["message"]])
            if event != "ScenarioFinished":
                continue
            recorder = value["recorder"]
            for case, checks in recorder.get("checks", {}).items():
                for check in checks:
                    if check["status"] != "success":
                        found = [check["failure_info"]["failure"]["message"], *exchange(recorder, case)]
                        kinds.setdefault((recorder["label"], check["name"]), found)
    return ["\n    ".join([f"{label}: {check}", *found]) for (label, check), found in kinds.items()]


def exchange(recorder, case):
    """A request and its answer, each cut to what a line has room for."""

    def content(part):
        coded = part.get("content") or part.get("body") or {}
        return base64.b64decode(coded.get("$base64", "")).decode(errors="replace")

    interaction = recorder.get("interactions", {}).get(case, {})
    request, answer = interaction.get("request") or {}, interaction.get("response") or {}
    yield f"{request.get('method')} {request.get('uri')} {content(request)}"[:500]
    yield f"{answer.get('status_code')} {content(answer)}"[:500]


def run(url, role, identifiers, options, environment):
    """One run of schemathesis: what reached a 2xx, and what went wrong.

    One worker: Python 3.11's compiler is not safe in two.
    """
    seen, report = PLACE / f"{role}.json", PLACE / f"{role}.ndjson"
    seen.unlink(missing_ok=True)
    report.unlink(missing_ok=True)
    # Whoever has no token is led nowhere among what is for him alone.
    phases = options.phases.removesuffix(",stateful") if options.short and role == "nobody" else options.phases
    command = [
        sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml"), "run",
        url + "/api/swagger.json", "--url", url, "--phases", phases, "--mode", "all", "--checks", "all",
        "--max-examples", str(options.examples), "--workers", "1", "--seed", str(options.seed),
        "--request-timeout", "20", "--continue-on-failure", "--no-color", "--exclude-path-regex", "^/ws/",
        "--report", "ndjson", "--report-ndjson-path", str(report),
    ]
    if options.short:
        # Without what earlier runs have found.
        command += ["--generation-database", "none"]
        command += [part for one in identifiers for part in ("--include-operation-id", one)]
    if options.only:
        command += ["--include-path-regex", options.only]
    bearer = "" if role == "nobody" else token(url, role)
    environment = environment | {
        "FUZZ_URL": url, "FUZZ_ROLE": role, "FUZZ_NUMBER": str(ROLES.index(role)), "FUZZ_SEEN": str(seen),
        "FUZZ_ADMIN": ADMIN, "FUZZ_TOKEN": bearer, "PYTHONWARNINGS": "ignore", "PYTHONHASHSEED": "0",
        "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": str(HERE),
    }
    with open(PLACE / f"{role}.log", "w") as log:
        # It keeps notes where it runs.
        child = subprocess.Popen(command, env=environment, stdout=log, stderr=subprocess.STDOUT, cwd=PLACE)
        children.append(child)
        code = child.wait()
    counts = json.loads(seen.read_text()) if seen.exists() else {"succeeded": {}, "refused": {}}
    verdict = "ok" if code == 0 else "FAILED"
    print(f"{role:10} {verdict}, {sum(counts['succeeded'].values())} answers were 2xx", flush=True)
    for recipe, complaint in counts["refused"].items():
        print(f"           the recipe of {recipe} failed: {complaint}")
    found = [] if code == 0 else failures(report) or [f"see {PLACE}/{role}.log"]
    return set(counts["succeeded"]), found


def end(*_):
    """Whoever is told to end takes along what he has started."""
    for child in children:
        child.terminate()
    sys.exit(1)


def main():
    parser = argparse.ArgumentParser(prog="make fuzz-api", description=__doc__)
    parser.add_argument("--program", default=".build/release/fixoncall")
    parser.add_argument("--roles", default=",".join(ROLES), help=f"of {', '.join(ROLES)}")
    parser.add_argument("--examples", type=int, default=50, help="for each operation and role, at most (50)")
    parser.add_argument("--phases", default="examples,coverage,fuzzing,stateful")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", help="a pattern of paths; then the bar of 95 %% does not count")
    parser.add_argument("--jobs", type=int, default=1, help="so many roles at once")
    parser.add_argument("--short", action="store_true", help="what `make test` has time for")
    options = parser.parse_args()
    if options.short:
        options.phases, options.examples, options.jobs = "examples,coverage,stateful", 1, 2
    signal.signal(signal.SIGTERM, end)

    PLACE.mkdir(parents=True, exist_ok=True)
    server = Server(options.program)
    try:
        url, environment = server.url, server.environment
        server.wait()
        server.create_admin()
        environment["FUZZ_OUTBOX"] = str(PLACE / "state/outbox.jsonl")
        document = requests.get(url + "/api/swagger.json", timeout=10).json()
        operations = {
            f"{method.upper()} {path}": operation
            for path, item in document["paths"].items()
            for method, operation in item.items()
            if not operation.get("x-websocket")
        }
        identifiers = {role: [] for role in ROLES}
        for operation in operations.values():
            identifiers[caller(operation)].append(operation["operationId"])
        # The longest first.
        roles = sorted(options.roles.split(","), key=lambda role: -len(identifiers[role]))
        with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
            runs = list(pool.map(lambda role: run(url, role, identifiers[role], options, environment), roles))
        # The document itself has just been read.
        reached = {"GET /api/swagger.json"}.union(*(succeeded for succeeded, _ in runs)) & set(operations)
        share = len(reached) / len(operations)
        found = [f"{role}: {failure}" for role, (_, some) in zip(roles, runs) for failure in some]
        if not options.only:
            for operation in sorted(set(operations) - reached):
                print(f"           never: {operation}")
        if found:
            print("What failed:", *found, sep="\n")
        print(f"{len(found)} failures, {len(reached)} of {len(operations)} operations reached a 2xx: {share:.1%}")
        sys.exit(1 if found or (share < BAR and not options.only) else 0)
    finally:
        server.stop()


if __name__ == "__main__":
    main()
