"""For each operation, how to make it succeed: `(path parameters, body, who calls)`, anything of it None.

A body given here is laid over the generated one. Who calls is asked as the role that the run is for.
"""

import datetime

from stage import PASSWORD, PIXEL

RECIPES = {}

# What can be done once: a used code is wrong, and so is a password that has been changed.
ONCE = {
    "POST /api/auth/verify-email", "POST /api/auth/verify-phone", "POST /api/auth/reset-password",
    "POST /api/auth/change-password", "POST /api/auth/change-address", "POST /api/auth/confirm-address",
    "POST /api/auth/login", "POST /api/auth/refresh", "DELETE /api/auth/account", "POST /api/mechanics/me/documents",
}


def recipe(*operations):
    def register(function):
        for operation in operations:
            RECIPES[operation] = function
        return function

    return register


def party(role, customer, mechanic, stage):
    return {"customer": customer, "provider": mechanic}.get(role, stage.admin)


def soon():
    moment = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=30)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


# Accounts: whoever signs out or changes a password is somebody whom nobody needs afterwards.


@recipe("POST /api/auth/logout-all", "GET /api/auth/export", "GET /api/auth/profile")
def newcomer(stage, role):
    return None, None, stage.customer()


@recipe("POST /api/auth/logout")
def logout(stage, role):
    person = stage.customer()
    return None, {"refresh_token": person.refresh}, person


@recipe("POST /api/auth/refresh")
def refresh(stage, role):
    return None, {"refresh_token": stage.customer().refresh}, None


@recipe("POST /api/auth/login")
def login(stage, role):
    return None, {"email": stage.customer().email, "phone": None, "password": PASSWORD}, None


@recipe("POST /api/auth/register")
def register(stage, role):
    return None, {"user_type": "driver", "name": "Jane", "password": PASSWORD, "fuel_types": None}, None


@recipe("POST /api/auth/verify-email")
def verify_email(stage, role):
    person = stage.customer()
    return None, {"email": person.email, "code": stage.code(person.email)}, None


@recipe("POST /api/auth/verify-phone")
def verify_phone(stage, role):
    person = stage.customer()
    return None, {"phone": person.phone, "code": stage.code(person.phone)}, None


@recipe("POST /api/auth/reset-password")
def reset(stage, role):
    person = stage.customer()
    person.ask("POST", "/api/auth/forgot-password", {"email": person.email})
    code = stage.code(person.email, "reset")
    return None, {"email": person.email, "phone": None, "code": code, "password": PASSWORD + "x"}, None


@recipe("POST /api/auth/change-password")
def change_password(stage, role):
    return None, {"current_password": PASSWORD, "new_password": PASSWORD + "x"}, stage.customer()


@recipe("POST /api/auth/change-address")
def change_address(stage, role):
    person = stage.customer()
    return None, {"email": f"new-{person.email}", "password": PASSWORD, "phone": None}, person


@recipe("POST /api/auth/confirm-address")
def confirm_address(stage, role):
    person = stage.customer()
    address = f"new-{person.email}"
    person.ask("POST", "/api/auth/change-address", {"email": address, "password": PASSWORD})
    return None, {"email": address, "phone": None, "code": stage.code(address, "change")}, person


@recipe("DELETE /api/auth/account")
def erase(stage, role):
    return None, {"password": PASSWORD}, stage.customer()


# What only some requests may carry, together with some others.
WITHOUT = dict.fromkeys(
    ("quote_id", "vehicle_id", "vehicle_info", "fuel_type", "litres", "vehicle_type", "wheels_locked", "mass_kg",
     "service_id", "scheduled_time", "estimated_duration", "mechanic_id")
)


# Services and bookings, each in the state from which the command leads on.


@recipe("POST /api/services/request", "POST /api/bookings/create")
def request(stage, role):
    customer, mechanic = stage.parties()
    body = {"service_type": "breakdown", "location": dict(mechanic.spot), "destination": None}
    return None, WITHOUT | body | {"mechanic_id": mechanic.id}, customer


@recipe("POST /api/services/quote")
def quote(stage, role):
    return None, {"service_type": "breakdown", "location": stage.spot(), "destination": None} | WITHOUT, None


@recipe("POST /api/fuel/request", "POST /api/fuel/quote")
def fuel(stage, role):
    body = WITHOUT | {"fuel_type": "petrol", "litres": 10, "location": stage.spot()}
    return None, body, stage.customer()


@recipe("POST /api/towing/request", "POST /api/towing/quote")
def towing(stage, role):
    spot = stage.spot()
    goal = {"latitude": spot["latitude"] + 0.05, "longitude": spot["longitude"]}
    return None, WITHOUT | {"location": spot, "destination": goal, "vehicle_type": "saloon"}, stage.customer()


@recipe(
    "POST /api/services/{id}/accept", "POST /api/services/{id}/decline", "GET /api/services/{id}",
    "GET /api/services/{id}/timeline", "GET /api/bookings/{id}", "GET /api/admin/services/{id}/dispatch-trace",
)
def opened(stage, role):
    service, customer, mechanic = stage.service()
    return {"id": service}, None, party(role, customer, mechanic, stage)


@recipe("POST /api/services/{id}/cancel", "POST /api/bookings/{id}/cancel")
def cancelled(stage, role):
    service, customer, mechanic = stage.service("accepted")
    return {"id": service}, {"waive_fee": None}, party(role, customer, mechanic, stage)


@recipe("POST /api/bookings/{id}/accept")
def booked(stage, role):
    booking, customer, mechanic = stage.booking()
    return {"id": booking}, None, party(role, customer, mechanic, stage)


@recipe("PUT /api/bookings/{id}")
def rescheduled(stage, role):
    booking, customer, mechanic = stage.booking(scheduled=soon())
    body = {"scheduled_time": soon(), "location": dict(mechanic.spot)}
    return {"id": booking}, body, party(role, customer, mechanic, stage)


@recipe("POST /api/services/{id}/assign")
def assigned(stage, role):
    service, customer, mechanic = stage.service()
    return {"id": service}, {"mechanic_id": mechanic.id}, party(role, customer, mechanic, stage)


@recipe("PUT /api/services/{id}/status")
def status(stage, role):
    service, customer, mechanic = stage.service("accepted")
    return {"id": service}, {"status": "cancelled", "otp": None}, party(role, customer, mechanic, stage)


@recipe("POST /api/services/{id}/start", "POST /api/bookings/{id}/start")
def started(stage, role):
    service, customer, mechanic = stage.service("accepted")
    code = customer.ask("GET", f"/api/services/{service}")["service"]["start_otp"]
    return {"id": service}, {"otp": code}, party(role, customer, mechanic, stage)


@recipe("POST /api/services/{id}/complete", "POST /api/bookings/{id}/complete", "POST /api/services/{id}/messages",
        "GET /api/services/{id}/messages", "POST /api/services/{id}/share", "GET /api/services/{id}/shares")
def under_way(stage, role):
    service, customer, mechanic = stage.service("accepted", "in_progress")
    return {"id": service}, None, party(role, customer, mechanic, stage)


@recipe("POST /api/services/{id}/review", "GET /api/services/{id}/reviews")
def completed(stage, role):
    service, customer, mechanic = stage.service("accepted", "in_progress", "completed")
    return {"id": service}, None, party(role, customer, mechanic, stage)


@recipe("POST /api/payments")
def payment(stage, role):
    service, customer, mechanic = stage.service("accepted", "arrived")
    body = {"service_id": service, "method": "cash", "token": None}
    return None, body, party(role, customer, mechanic, stage)


@recipe("GET /api/payments/{id}", "POST /api/payments/{id}/collected")
def announced(stage, role):
    service, customer, mechanic = stage.service("accepted", "arrived")
    made = customer.ask("POST", "/api/payments", {"service_id": service, "method": "cash"})
    return {"id": made["payment"]["id"]}, None, party(role, customer, mechanic, stage)


@recipe("POST /api/services/{id}/extra-charges")
def charge(stage, role):
    service, customer, mechanic = stage.service("accepted", "in_progress")
    body = {"code": None, "amount": 950, "upload_ids": None}
    return {"id": service}, body, party(role, customer, mechanic, stage)


@recipe("POST /api/services/{id}/extra-charges/{charge_id}/approve",
        "POST /api/services/{id}/extra-charges/{charge_id}/reject")
def decided_charge(stage, role):
    service, customer, mechanic = stage.service("accepted", "in_progress")
    made = mechanic.ask(
        "POST", f"/api/services/{service}/extra-charges", {"title": "Battery", "amount": 9500, "reason": "Dead"}
    )
    return {"id": service, "charge_id": made["extra_charge"]["id"]}, None, party(role, customer, mechanic, stage)


@recipe("POST /api/services/{id}/fail")
def failed(stage, role):
    service, customer, mechanic = stage.service("accepted", "in_progress")
    return {"id": service}, {"outcome": "unsuccessful"}, party(role, customer, mechanic, stage)


# Resources


@recipe("GET /api/vehicles/{id}", "PUT /api/vehicles/{id}", "DELETE /api/vehicles/{id}")
def vehicle(stage, role):
    person = stage.customer()
    made = person.ask("POST", "/api/vehicles", {"license_plate": "KBC 123A", "make": "Toyota", "model": "Premio"})
    return {"id": made["vehicle"]["id"]}, None, person


@recipe("POST /api/vehicles")
def owner(stage, role):
    return None, {"vehicle_type": None, "fuel_type": None}, stage.customer()


@recipe("GET /api/mechanics/{id}", "GET /api/mechanics/{id}/reviews")
def mechanic(stage, role):
    return {"id": stage.provider().id}, None, None


@recipe("POST /api/mechanics/me/vehicle")
def company_vehicle(stage, role):
    person, vehicle = company_and_vehicle(stage)
    return None, {"vehicle_id": vehicle}, person


@recipe("POST /api/companies")
def company(stage, role):
    return None, None, stage.provider()


def founded(stage):
    person = stage.provider()
    made = person.ask("POST", "/api/companies", {"name": "Swift Tow"})
    return person, made["company"]["id"]


def company_and_vehicle(stage):
    person, _ = founded(stage)
    made = person.ask(
        "POST", "/api/companies/mine/vehicles",
        {"license_plate": f"KC{person.number}", "type": "flatbed"},
    )
    return person, made["vehicle"]["id"]


@recipe("GET /api/companies/mine", "PUT /api/companies/mine", "DELETE /api/companies/mine")
def own_company(stage, role):
    return None, None, founded(stage)[0]


@recipe("POST /api/companies/mine/vehicles")
def new_company_vehicle(stage, role):
    """One truck in all fleets has a plate."""
    person, _ = founded(stage)
    return None, {"license_plate": f"KD{person.number}"}, person


@recipe("GET /api/companies/mine/vehicles/{id}", "PUT /api/companies/mine/vehicles/{id}",
        "DELETE /api/companies/mine/vehicles/{id}")
def own_company_vehicle(stage, role):
    person, vehicle = company_and_vehicle(stage)
    return {"id": vehicle}, {"license_plate": f"KD{person.number}"}, person


@recipe("POST /api/companies/mine/members")
def invited(stage, role):
    return None, {"mechanic_id": stage.provider().id}, founded(stage)[0]


@recipe("POST /api/companies/{id}/join", "POST /api/companies/{id}/decline")
def invitation(stage, role):
    owner, company = founded(stage)
    guest = stage.provider()
    owner.ask("POST", "/api/companies/mine/members", {"mechanic_id": guest.id})
    return {"id": company}, None, guest


def member(stage):
    owner, company = founded(stage)
    guest = stage.provider()
    owner.ask("POST", "/api/companies/mine/members", {"mechanic_id": guest.id})
    guest.ask("POST", f"/api/companies/{company}/join")
    return owner, guest


@recipe("PUT /api/companies/mine/members/{id}", "DELETE /api/companies/mine/members/{id}")
def managed_member(stage, role):
    owner, guest = member(stage)
    return {"id": guest.id}, None, owner


@recipe("POST /api/companies/mine/leave")
def leaving(stage, role):
    return None, None, member(stage)[1]


def paper(stage):
    person = stage.provider()
    upload = stage.upload(person, "document")
    made = person.ask(
        "POST", "/api/mechanics/me/documents",
        {"kind": "driving_licence", "number": f"DL-{person.number}", "expires_on": "2040-01-31", "upload_id": upload},
    )
    return person, made["document"]["id"]


@recipe("POST /api/mechanics/me/documents")
def submitted(stage, role):
    person = stage.provider()
    body = {"kind": "driving_licence", "number": "DL-0012678", "expires_on": "2040-01-31"}
    return None, body | {"upload_id": stage.upload(person, "document")}, person


@recipe("DELETE /api/mechanics/me/documents/{id}")
def own_paper(stage, role):
    person, document = paper(stage)
    return {"id": document}, None, person


@recipe("POST /api/admin/documents/{id}/approve", "POST /api/admin/documents/{id}/reject",
        "POST /api/admin/documents/{id}/link")
def reviewed_paper(stage, role):
    return {"id": paper(stage)[1]}, None, None


@recipe("POST /api/uploads")
def uploaded(stage, role):
    return None, {"file": PIXEL, "purpose": "profile_photo", "service_id": None}, stage.person(role)


@recipe("PUT /api/auth/profile", "PUT /api/mechanics/me")
def profile(stage, role):
    return None, {"phone": None, "photo_upload_id": None, "location": stage.spot()}, stage.provider()


@recipe("POST /api/mechanics/me/location")
def position(stage, role):
    return None, stage.spot() | {"fix_at": None, "positions": None}, stage.provider()


@recipe("POST /api/mechanics/me/availability")
def availability(stage, role):
    return None, {"is_available": True}, stage.provider()


@recipe("POST /api/mechanics/me/duty")
def duty(stage, role):
    return None, {"on_duty": True}, stage.provider()


@recipe("PUT /api/mechanics/me/licence")
def licence(stage, role):
    return None, {"number": "DL-0012678", "expires_on": "2040-01-31"}, stage.provider()


@recipe("PUT /api/mechanics/me/equipment")
def equipment(stage, role):
    return None, {"equipment": ["dolly"]}, stage.provider()


@recipe("PUT /api/mechanics/me/shifts", "GET /api/mechanics/me", "GET /api/mechanics/me/shifts",
        "GET /api/mechanics/me/documents", "GET /api/services/available", "GET /api/companies/invitations")
def mechanic_alone(stage, role):
    return None, None, stage.provider() if role == "provider" else None


@recipe("POST /api/auth/forgot-password", "POST /api/auth/resend-verification")
def forgotten(stage, role):
    return None, {"email": stage.customer().email, "phone": None}, None


@recipe("POST /api/auth/google")
def google(stage, role):
    return None, None, None


@recipe("POST /api/auth/trusted-contacts")
def contact(stage, role):
    return None, {"name": "Jane", "phone": "+254712345670", "email": None}, stage.customer()


@recipe("DELETE /api/auth/trusted-contacts/{id}")
def trusted(stage, role):
    person = stage.customer()
    made = person.ask("POST", "/api/auth/trusted-contacts", {"name": "Jane", "phone": "+254712345670"})
    return {"id": made["contact"]["id"]}, None, person


@recipe("DELETE /api/services/{id}/share/{share_id}")
def unshared(stage, role):
    service, customer, _ = stage.service("accepted")
    made = customer.ask("POST", f"/api/services/{service}/share", {"scope": "status"})
    return {"id": service, "share_id": made["share"]["id"]}, None, customer


@recipe("GET /api/shared/{token}")
def shared(stage, role):
    service, customer, _ = stage.service("accepted")
    return {"token": customer.ask("POST", f"/api/services/{service}/share", {"scope": "status"})["token"]}, None, None


@recipe("POST /api/services/{id}/messages/read")
def read(stage, role):
    service, customer, mechanic = stage.service("accepted")
    for person in (customer, mechanic):
        person.ask("POST", f"/api/services/{service}/messages", {"text": "Hello"})
    return {"id": service}, {"seq": 1}, party(role, customer, mechanic, stage)


@recipe("GET /static/uploads/{id}")
def picture(stage, role):
    person = stage.person(role)
    return {"id": stage.upload(person, "profile_photo")}, None, person


@recipe("POST /api/notifications/mark-read/{id}")
def notified(stage, role):
    person = stage.customer()
    stage.admin.ask(
        "POST", "/api/notifications/send", {"recipient_id": person.id, "title": "Hello", "message": "A message"}
    )
    told = person.ask("GET", "/api/notifications/my-notifications")["notifications"]
    return {"id": told[0]["id"]}, None, person


@recipe("POST /api/notifications/send")
def sent(stage, role):
    return None, {"recipient_id": stage.customer().id}, None


@recipe("POST /api/admin/users/{id}/toggle-active")
def toggled(stage, role):
    return {"id": stage.customer().id}, None, None


@recipe("POST /api/admin/providers/{id}/approve", "POST /api/admin/providers/{id}/reject")
def judged(stage, role):
    return {"id": stage.provider().id}, None, None


@recipe("PUT /api/admin/services/{id}/dispatch-mode")
def mode(stage, role):
    return {"id": stage.service()[0]}, None, None


@recipe("POST /api/admin/dispatch/assignments")
def desk(stage, role):
    service, _, mechanic = stage.service()
    return None, {"assignments": [{"service_id": service, "mechanic_id": mechanic.id}]}, None


@recipe("POST /api/emergency")
def danger(stage, role):
    return None, {"service_id": None}, stage.customer()


def emergency(stage):
    person = stage.customer()
    return person, person.ask("POST", "/api/emergency", {"message": "Help"})["emergency"]["id"]


@recipe("GET /api/emergency/{id}")
def own_emergency(stage, role):
    person, alert = emergency(stage)
    return {"id": alert}, None, person


@recipe("POST /api/admin/emergencies/{id}/acknowledge", "POST /api/admin/emergencies/{id}/resolve")
def handled_emergency(stage, role):
    return {"id": emergency(stage)[1]}, None, None


@recipe("POST /api/events/ack")
def nothing_yet(stage, role):
    return None, {"s": 0}, None


def invited_address(stage):
    address = stage.address()
    made = stage.admin.ask("POST", "/api/admin/invitations", {"email": address, "role": "dispatcher"})
    return address, made["invitation"]["id"]


@recipe("POST /api/admin/invitations")
def staff(stage, role):
    return None, {"email": stage.address()}, None


@recipe("DELETE /api/admin/invitations/{id}")
def taken_back(stage, role):
    return {"id": invited_address(stage)[1]}, None, None


@recipe("POST /api/auth/invitations/accept")
def accepted_invitation(stage, role):
    token = stage.code(invited_address(stage)[0], "invitation")
    return None, {"token": token, "password": PASSWORD, "phone": None}, None


@recipe("GET /api/admin/notifications/{id}")
def announcement(stage, role):
    body = {
        "key": stage.address().split("@")[0], "template": "notice", "parameters": {"title": "Hello", "text": "A text"},
        "audience": {"ids": [stage.customer().id]},
    }
    return {"id": stage.admin.ask("POST", "/api/admin/notifications", body)["notification"]["id"]}, None, None


# The same things through the second dialect, whose paths end in a slash.


@recipe("POST /api/auth/register/")
def depannini_register(stage, role):
    body = {"user_type": "client", "name": "Jane", "password": PASSWORD, "password_confirm": PASSWORD}
    return None, body, None


@recipe("POST /api/auth/login/email/")
def depannini_login_email(stage, role):
    return None, {"email": stage.customer().email, "password": PASSWORD}, None


@recipe("POST /api/auth/login/phone/")
def depannini_login_phone(stage, role):
    return None, {"phone_number": stage.customer().phone, "password": PASSWORD}, None


@recipe("POST /api/auth/verify-email/")
def depannini_verify_email(stage, role):
    person = stage.customer()
    return None, {"email": person.email, "code": stage.code(person.email)}, None


@recipe("POST /api/auth/verify-phone/")
def depannini_verify_phone(stage, role):
    person = stage.customer()
    return None, {"phone_number": person.phone, "code": stage.code(person.phone)}, None


@recipe("POST /api/auth/password-reset/confirm/")
def depannini_reset(stage, role):
    person = stage.customer()
    person.ask("POST", "/api/auth/forgot-password", {"email": person.email})
    body = {"new_password": PASSWORD + "x", "new_password_confirm": PASSWORD + "x"}
    return None, body | {"email": person.email, "code": stage.code(person.email, "reset")}, None


@recipe("POST /api/auth/token/refresh/")
def depannini_refresh(stage, role):
    return None, {"refresh": stage.customer().refresh}, None


@recipe("POST /api/assistance/request/")
def depannini_request(stage, role):
    customer, mechanic = stage.parties()
    pickup = {"lat": mechanic.spot["latitude"], "lng": mechanic.spot["longitude"]}
    return None, {"pickup": pickup, "dropoff": None}, customer


@recipe("GET /api/assistance/view/{id}/", "PATCH /api/assistance/accept/{id}/")
def depannini_opened(stage, role):
    service, customer, mechanic = stage.service()
    return {"id": service}, None, party(role, customer, mechanic, stage)


@recipe("PATCH /api/assistance/update/{id}/")
def depannini_update(stage, role):
    service, customer, mechanic = stage.service("accepted")
    return {"id": service}, {"status": "canceled", "otp": None}, party(role, customer, mechanic, stage)


@recipe("POST /api/assistance/rate/{id}/")
def depannini_rate(stage, role):
    service, customer, mechanic = stage.service("accepted", "in_progress", "completed")
    return {"id": service}, {"rating": 5}, party(role, customer, mechanic, stage)


@recipe("GET /api/profile/assistant/", "POST /api/profile/assistant-status/")
def depannini_assistant(stage, role):
    return None, None, stage.provider() if role == "provider" else None


@recipe("POST /api/profile/update-location/")
def depannini_position(stage, role):
    return None, stage.spot(), stage.provider() if role == "provider" else None


# And through the third.


@recipe("GET /trip/find-driver/")
def toota_search(stage, role):
    """Somebody of whom it is known where he was."""
    return None, None, stage.service()[1] if role == "customer" else None


@recipe("GET /trips/{id}/status/")
def toota_trip(stage, role):
    service, customer, mechanic = stage.service("accepted")
    return {"id": service}, None, party(role, customer, mechanic, stage)


@recipe("POST /trips/{id}/status/")
def toota_status(stage, role):
    service, customer, mechanic = stage.service("accepted")
    body = {"status": "cancelled", "trip_status": None, "payment_status": None}
    return {"id": service}, body, party(role, customer, mechanic, stage)


ONCE |= {
    "POST /api/auth/invitations/accept",
    "POST /api/auth/verify-email/", "POST /api/auth/verify-phone/", "POST /api/auth/password-reset/confirm/",
    "POST /api/auth/token/refresh/", "POST /api/auth/login/email/", "POST /api/auth/login/phone/",
    "POST /api/assistance/rate/{id}/",
}
