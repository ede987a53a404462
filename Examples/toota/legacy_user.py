#!/usr/bin/python3
"""Asks one driver for a trip, the older way, and prints his answer.

    ./legacy_user.py http://127.0.0.1:5000 EMAIL PASSWORD DRIVER_ID

Opens /ws/trips/user/request/{driver_id}/. DRIVER_ID is an id of `GET /trip/find-driver/`.
"""
import asyncio
import sys

from toota import Account

REQUEST = {"trip_info": {"pickup_lat": -1.2921, "pickup_lon": 36.8219, "destination_lat": -1.3192,
                         "destination_lon": 36.9275, "pickup": "123 Main Street", "destination": "456 Elm Street",
                         "load_description": "2 large bags, 1 small bag"}}


async def ask(talk):
    await talk.say(REQUEST)
    return await talk.hear(lambda message: message.get("status") in ("accepted", "rejected"))


async def main(api, email, password, driver):
    await Account(api, email, password).talk(f"/ws/trips/user/request/{driver}/", ask)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
