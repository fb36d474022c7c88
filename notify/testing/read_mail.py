"""Reads a mail with Python's email package, for tests.

usage: read_mail.py FILE

Prints JSON: {"headers": {NAME: VALUE}, "parts": [{"type", "name", "content"}],
"structure": [TYPE of every part, from the outside in], "defects": [...],
"longest_line": bytes}. A content is in base64.
"""

import base64
import email
import email.policy
import json
import sys


def main():
    with open(sys.argv[1], "rb") as file:
        raw = file.read()
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    parts = []
    defects = []
    for part in mail.walk():
        defects += [repr(defect) for defect in part.defects]
        for name, value in part.items():
            defects += [name + ": " + repr(d) for d in value.defects]
        if part.is_multipart():
            continue
        content = part.get_payload(decode=True)
        parts.append(
            {
                "type": part.get_content_type(),
                "charset": part.get_content_charset(),
                "name": part.get_filename(),
                "content": base64.b64encode(content).decode(),
            }
        )
    lines = raw.split(b"\r\n")
    defects += ["bare line break"] * sum(b"\n" in l or b"\r" in l for l in lines)
    result = {
        "headers": dict(mail.items()),
        "parts": parts,
        "structure": [part.get_content_type() for part in mail.walk()],
        "defects": defects,
        "longest_line": max(len(line) for line in lines),
    }
    print(json.dumps(result))


main()
