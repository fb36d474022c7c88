"""A webhook that takes subject, message, host and time."""

import json
import re

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Webhook:
    def __init__(self, recorder, url):
        del url
        self.recorder = recorder

    def answer(self, method, path, headers, body):
        if method != "POST":
            return 405, {"Allow": "POST"}, ""
        if path != "/hook/secret?key=secret":
            return 404, {}, f"no {path}"
        if headers.get_content_type() != "application/json":
            return 415, {}, "not JSON"
        try:
            message = json.loads(body.decode("utf-8"))
        except ValueError:
            return 400, {}, "not JSON"
        if sorted(message) != ["host", "message", "subject", "time"]:
            return 400, {}, "other keys"
        if not all(isinstance(value, str) for value in message.values()):
            return 400, {}, "not all strings"
        if not TIME.fullmatch(message["time"]):
            return 400, {}, "no time"
        self.recorder.add("accepted", message)
        return 204, {}, ""
