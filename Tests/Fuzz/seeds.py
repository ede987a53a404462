"""Writes what each parser's fuzzing begins with: small inputs that are right, so that what matters is damaged."""

import base64
import json
import pathlib
import struct
import sys


def bson(name, value):
    """One field: a string, a double, an int64, a list or a document."""
    key = name.encode() + b"\0"
    if isinstance(value, str):
        text = value.encode() + b"\0"
        return b"\x02" + key + struct.pack("<i", len(text)) + text
    if isinstance(value, float):
        return b"\x01" + key + struct.pack("<d", value)
    if isinstance(value, int):
        return b"\x12" + key + struct.pack("<q", value)
    if isinstance(value, list):
        return b"\x04" + key + document({str(index): item for index, item in enumerate(value)})
    return b"\x03" + key + document(value)


def document(fields):
    content = b"".join(bson(name, value) for name, value in fields.items())
    return struct.pack("<i", len(content) + 5) + content + b"\0"


def frame(opcode, payload, final=True):
    mask = b"\x01\x02\x03\x04"
    length = bytes([0x80 | len(payload)]) if len(payload) < 126 else b"\xfe" + struct.pack(">H", len(payload))
    masked = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
    return bytes([(0x80 if final else 0) | opcode]) + length + mask + masked


def part(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=")


SEEDS = {
    "json": [
        b'{"a":[1,-2.5e3,true,null,"x\\u00e9\\ud83d\\ude00\\n"],"b":{"c":9223372036854775807,"d":1e308}}',
        b"[[[[]]]]", b'" "',
    ],
    "bson": [document({"a": "text", "b": 1.5, "c": 7, "d": [36.8, -1.3], "e": {"f": "g"}}), document({})],
    "jwt": [b".".join([part({"alg": "HS256", "kid": "1", "typ": "JWT"}), part({"sub": "1", "exp": 2}), b"A" * 43])],
    "multipart": [
        b"\x07--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n"
        b"Content-Type: image/png\r\n\r\n"
        b"bytes\r\n--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\njob_photo\r\n--x--\r\n"
    ],
    "geojson": [
        b'{"latitude":-1.2921,"longitude":36.8219}', b'{"lat":90,"lng":-180}', b'{"latitude":1e-7,"long":179.9999999}',
    ],
    "phone": [
        b"+254712345678", b"0712 345 678", b"00254 (1) 12345678", b"+14155550123", b"a.b@example.co.ke", b"KBC 123A",
    ],
    "frames": [
        b"\x03" + frame(1, "héllo".encode()) + frame(9, b"ping") + frame(1, b"one", False) + frame(0, b"two"),
        b"\x20" + frame(8, struct.pack(">H", 1000)), b"\x09" + frame(1, b"x" * 300),
    ],
}

if __name__ == "__main__":
    for target, inputs in SEEDS.items():
        place = pathlib.Path(sys.argv[1]) / target
        place.mkdir(parents=True, exist_ok=True)
        for index, content in enumerate(inputs):
            (place / f"seed-{index}").write_bytes(content)
