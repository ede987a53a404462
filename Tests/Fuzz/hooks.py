"""What schemathesis runs before and after each request: real ids, people who may be lost, and what reached a 2xx."""

import atexit
import collections
import json
import os
import sys
import unicodedata

import schemathesis
from schemathesis.core.parameters import ParameterLocation

sys.path.insert(0, os.path.dirname(__file__))
from recipes import ONCE, RECIPES  # noqa: E402
from stage import PIXEL, Refused, Stage  # noqa: E402

ROLE = os.environ["FUZZ_ROLE"]
SEEN = os.environ["FUZZ_SEEN"]
TOKEN = os.environ["FUZZ_TOKEN"]
# A recipe costs some requests: each operation has it for its first calls, and now and then later.
ALWAYS, EVERY = 6, 12


class Bearer:
    """The run's own token, on every request that is not about being without one."""

    def get(self, case, context):
        return TOKEN

    def set(self, case, data, context):
        case.headers = case.headers or {}
        case.headers["Authorization"] = f"Bearer {data}"


if TOKEN:
    schemathesis.auth()(Bearer)

stage = Stage(
    os.environ["FUZZ_URL"], os.environ["FUZZ_ADMIN"], int(os.environ["FUZZ_NUMBER"]), os.environ["FUZZ_OUTBOX"]
)
calls = collections.Counter()
latest = {}
succeeded = collections.Counter()
refused = {}


def is_good(case, location):
    """Whether this part of a request is meant to be right; what is meant to be wrong must stay as it is."""
    if case.meta is None:
        return False
    part = case.meta.components.get(location)
    return part is None or part.mode.is_positive


def scene(label):
    """What the recipe of an operation has made for this call, if there is one."""
    make = RECIPES.get(label)
    if make is None:
        return None
    calls[label] += 1
    if label in ONCE or calls[label] <= ALWAYS or calls[label] % EVERY == 0:
        try:
            latest[label] = make(stage, ROLE)
        except Refused as error:
            refused.setdefault(label, str(error))
            latest.setdefault(label, None)
    return latest.get(label)


# A schema cannot say which codes the reference data has, that a cursor is one of ours, nor that the last digits of a
# UUID are a check on the others.
KNOWN = {
    "actor": "65a50b2c9f1d4e0012345680", "subject": "65a50b2c9f1d4e0012345680",
    "ids": ["65a50b2c9f1d4e0012345680"],
    "fuel_type": "petrol", "vehicle_type": "saloon", "cursor": "", "tow_class": "heavy", "equipment": ["winch"],
    "fuel_types": ["petrol"],
}


# Nor can OpenAPI say of two parameters that half a position is none.
HALVES = {"lat": "lng", "lng": "lat", "latitude": "longitude", "longitude": "latitude"}


def is_odd(text):
    kinds = {unicodedata.category(letter) for letter in text}
    return any(kind[0] == "C" or kind in ("Zl", "Zp") for kind in kinds)


def readable(value):
    """The same without the invisible letters that names may not have."""
    if isinstance(value, str):
        return "Jane" if is_odd(value) else value
    if isinstance(value, dict):
        return {name: KNOWN[name] if part and name in KNOWN else readable(part) for name, part in value.items()}
    return [readable(part) for part in value] if isinstance(value, list) else value


@schemathesis.hook
def before_call(context, case, kwargs):
    label = f"{case.operation.method.upper()} {case.operation.path}"
    if case.method.upper() != case.operation.method.upper():
        return
    # A question with an answer instead of a stream without end.
    if label == "GET /api/events" and is_good(case, ParameterLocation.QUERY):
        case.query = dict(case.query or {}) | {"wait": 0}
    if is_good(case, ParameterLocation.HEADER) and case.headers:
        # A key may be used once, and a version that was drawn is nobody's.
        for name in ("Idempotency-Key", "If-Match", "If-None-Match", "If-Range", "Range"):
            case.headers.pop(name, None)
    if is_good(case, ParameterLocation.QUERY) and case.query:
        case.query = {HALVES[name]: 0 for name in case.query if name in HALVES} | {
            name: KNOWN.get(name, value) for name, value in case.query.items()
        }
    if is_good(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        case.body = readable(case.body)
    made = scene(label)
    if made is None:
        return
    path, body, caller = made
    if path and is_good(case, ParameterLocation.PATH):
        case.path_parameters = dict(case.path_parameters or {}) | path
    if body and is_good(case, ParameterLocation.BODY) and isinstance(case.body, dict):
        case.body = {
            name: value for name, value in (case.body | body).items() if value is not None or name not in body
        }
    # Only where the run's own token stands: a probe without one, or with a wrong one, stays as it is.
    is_ours = TOKEN and case.headers and case.headers.get("Authorization") == f"Bearer {TOKEN}"
    if is_ours and caller is not None:
        case.headers["Authorization"] = f"Bearer {caller.token}"


@schemathesis.hook
def filter_failure(context, failure, case, response):
    """A literal path without some method leaves it to the path with a parameter beside it, as Flask's router does:
    `PUT /api/bookings/my-bookings` asks for a booking of that name. So `Allow` names that path's methods too."""
    if type(failure).__name__ == "AllowHeaderMismatch" and "{" not in case.operation.path:
        return False
    # Whether the customer's code is asked for depends on who starts and on the job, and which one is right on the customer.
    if type(failure).__name__ == "RejectedPositiveData" and response.status_code == 422:
        return json.loads(response.content).get("code") not in ("OTP_REQUIRED", "OTP_INVALID")
    # The bytes of a real picture are no JSON, so a form that has them is taken for a wrong one.
    return not (
        type(failure).__name__ == "AcceptedNegativeData" and isinstance(case.body, dict)
        and case.body.get("file") == PIXEL
    )


@schemathesis.hook
def after_call(context, case, response):
    # `OPTIONS` is answered everywhere, and tells of no operation.
    if 200 <= response.status_code < 300 and case.method.upper() == case.operation.method.upper():
        succeeded[f"{case.operation.method.upper()} {case.operation.path}"] += 1


@atexit.register
def remember():
    with open(SEEN, "w") as file:
        json.dump({"succeeded": succeeded, "refused": refused}, file)
