#!/usr/bin/python3
"""Answers the next request, the older way.

    ./legacy_driver.py http://127.0.0.1:5000 EMAIL PASSWORD accepted|rejected

Opens /ws/trips/driver/response/{driver_id}/.
"""
import asyncio
import sys

from toota import Account


async def main(api, email, password, answer):
    async def respond(talk):
        request = await talk.hear(lambda message: "trip_info" in message)
        await talk.say({"user_id": request["user_id"], "trip_response_status": answer})
        await talk.hear(lambda message: message.get("status") == answer)

    account = Account(api, email, password)
    await account.talk(f"/ws/trips/driver/response/{account.id}/", respond)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:5]))
