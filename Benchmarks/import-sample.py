#!/usr/bin/env python3
"""Writes an export of Fix On Call with invented people, to measure `fixoncall import` by.

    Benchmarks/import-sample.py FOLDER [USERS] [JOBS]
"""
import json
import os
import sys

folder, users, jobs = sys.argv[1], *(int(number) for number in (sys.argv[2:] + ["100000", "100000"][len(sys.argv) - 2:]))
os.makedirs(folder, exist_ok=True)
PASSWORD = "$2b$12$abcdefghijklmnopqrstuuJZlzRvqBRIPCyyMnQq6iTWsMIOOpyXC"


def oid(kind, number):
    return {"$oid": f"64b0000{kind}{number:016x}"}


def write(name, rows):
    with open(f"{folder}/{name}.jsonl", "w") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)


def user(number):
    row = {
        "_id": oid(1, number), "email": f"person{number}@import.example.com", "password_hash": PASSWORD,
        "name": f"Person Number{number}", "phone": f"+2547{number:08d}", "user_type": "driver", "is_verified": True,
        "is_active": True, "created_at": {"$date": "2023-03-01T08:00:00Z"},
        "vehicle_info": {"make": "Toyota", "model": "Premio", "year": 2012, "license_plate": f"KCA {number % 1000}A"},
    }
    if number % 5 == 0:
        row |= {
            "user_type": "mechanic", "specialization": ["engine", "towing"], "experience_years": 5,
            "service_radius_km": 20, "is_available": True,
            "location": {"latitude": -1.2 - number % 200 / 1000, "longitude": 36.7 + number % 300 / 1000},
        }
    return row


def job(number):
    return {
        "_id": oid(2, number), "user_id": oid(1, number % (users // 5) * 5 + 1)["$oid"], "service_type": "breakdown",
        "location": {"latitude": -1.2921, "longitude": 36.8219, "address": "Kenyatta Avenue, Nairobi"},
        "status": "completed", "description": "The engine does not start", "payment_status": "paid",
        "assigned_to": oid(1, number * 7 % (users // 5) * 5 + 5)["$oid"], "price_estimate": 1500,
        "created_at": {"$date": "2023-05-01T09:00:00Z"}, "updated_at": {"$date": "2023-05-01T10:30:00Z"},
    }


write("users", (user(number) for number in range(1, users + 1)))
write("services", (job(number) for number in range(1, jobs + 1)))
