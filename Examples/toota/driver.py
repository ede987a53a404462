#!/usr/bin/python3
"""Accepts the next trip and drives it to the end; cash is taken at the pickup.

    ./driver.py http://127.0.0.1:5000 EMAIL PASSWORD

Opens /ws/trips/driver/response/, /ws/driver/location/ and /ws/trips/driver/status/update/{trip_id}/.
"""
import asyncio
import sys

from toota import Account

PICKUP = (-1.2921, 36.8219)
PLACES = [(-1.2912, 36.8215), PICKUP, (-1.3050, 36.8700), (-1.3192, 36.9275)]


async def accept(talk):
    request = await talk.hear(lambda message: message.get("type") == "new_trip_request")
    trip = request["trip_details"]["trip_id"]
    await talk.say({"trip_id": trip, "driver_response_status": "accepted"})
    await talk.hear(lambda message: "user_id" in message)
    return trip


async def move(talk, there):
    for latitude, longitude in PLACES:
        await talk.say({"latitude": latitude, "longitude": longitude})
        await talk.hear(lambda message: "driver_details" in message)
        if (latitude, longitude) == PICKUP:
            there.set()
        await asyncio.sleep(1)


async def drive(talk, there):
    await talk.hear(lambda message: "trip_status" in message)
    # Who is elsewhere by his own positions has not arrived: NOT_AT_SCENE.
    await there.wait()
    for status in ("arrived at pickup", "in_progress", "arrived at destination", "completed"):
        await talk.say({"trip_status": status})
        told = await talk.hear()
        if told.get("trip_status") == "arrived at pickup":
            await talk.hear(lambda message: message.get("payment_status") == "arrived at pickup")
            await talk.say({"payment_status": "paid"})
            await talk.hear(lambda message: "trip_status" in message)


async def main(api, email, password):
    account = Account(api, email, password)
    trip = await account.talk("/ws/trips/driver/response/", accept)
    there = asyncio.Event()
    moving = asyncio.create_task(account.talk("/ws/driver/location/", lambda talk: move(talk, there)))
    await account.talk(f"/ws/trips/driver/status/update/{trip}/", lambda talk: drive(talk, there))
    await moving


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:4]))
