"""Reads mails that end with an empty line from a file, for tests.

usage: decode_headers.py FILE

FILE holds a JSON list of texts, each the headers of one mail. Prints a JSON
list of {"subject", "date", "name", "to", "defects"}, as Python's email package
reads them.
"""

import email
import email.policy
import json
import sys


def decode(text):
    mail = email.message_from_string(text, policy=email.policy.default)
    defects = [str(defect) for defect in mail.defects]
    for value in mail.values():
        defects += [str(defect) for defect in value.defects]
    to = mail["To"]
    return {
        "subject": mail["Subject"],
        "date": mail["Date"].datetime.timestamp() if mail["Date"] else None,
        "name": mail.get_filename(),
        "to": [a.addr_spec for a in to.addresses] if to else [],
        "defects": defects,
    }


with open(sys.argv[1], encoding="utf-8") as file:
    print(json.dumps([decode(text) for text in json.load(file)]))
