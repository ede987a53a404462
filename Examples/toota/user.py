#!/usr/bin/python3
"""Asks for a trip, chooses the nearest driver, and follows driver and trip to the end.

    ./user.py http://127.0.0.1:5000 EMAIL PASSWORD

Opens /ws/trips/user/request/, /ws/trips/user/status/{trip_id}/ and /ws/user/driver/{driver_id}/location/.
"""
import asyncio
import sys

from toota import Account

TRIP = {"action": "create_trip", "vehicle_type": "pickup", "pickup": "123 Main Street", "destination": "456 Elm Street",
        "pickup_lat": -1.2921, "pickup_lon": 36.8219, "dest_lat": -1.3192, "dest_lon": 36.9275,
        "load_description": "2 large bags, 1 small bag"}


async def ask(talk):
    await talk.say(TRIP)
    told = await talk.hear(lambda message: "available_drivers" in message)
    while told["available_drivers"]:
        await talk.say({"action": "confirm_driver", "trip_id": told["trip_id"],
                        "driver_id": told["available_drivers"][0]["id"]})
        told = await talk.hear(lambda message: message.get("status") == "accepted" or "available_drivers" in message)
        if told["status"] == "accepted":
            return told
    sys.exit("Nobody is left to be asked.")


async def follow(talk):
    await talk.hear(lambda message: message.get("trip_status") in ("completed", "cancelled"))


async def watch(talk):
    while True:
        await talk.hear()


async def main(api, email, password):
    account = Account(api, email, password)
    print(account.get(f"/trip/find-driver/?latitude={TRIP['pickup_lat']}&longitude={TRIP['pickup_lon']}"))
    told = await account.talk("/ws/trips/user/request/", ask)
    watching = asyncio.create_task(account.talk(f"/ws/user/driver/{told['driver_info']['id']}/location/", watch))
    await account.talk(f"/ws/trips/user/status/{told['trip_id']}/", follow)
    watching.cancel()
    print(account.get(f"/trips/{told['trip_id']}/status/"))


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
