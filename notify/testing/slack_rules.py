"""Slack: an incoming webhook, and the three calls that share a file.

The limits are those of docs.slack.dev: 50 blocks, a section's text 3000
characters (counted as units of UTF-16), a field's 2000, ten fields, ten elements
of a context. It also refuses what Slack would show as something else than what
was meant: `&`, `<` and `>` that are not escaped, and parts of an entity.
"""

import json
import re
import secrets
import urllib.parse

HOOK = "/services/T1/B1/secret"
TOKEN = "Bearer xoxb-test"
CHANNEL = "C0123456789"
UNESCAPED = re.compile(r"[<>]|&(?!amp;|lt;|gt;)")
# Slack does not document it; posts a little longer have been refused.
MAX_ALL_BLOCKS = 13000


def length(text):
    return len(text.encode("utf-16-le")) // 2


class Refused(Exception):
    pass


def check_text(text, limit):
    if not isinstance(text, dict) or text.get("type") not in ("mrkdwn", "plain_text"):
        raise Refused("invalid_blocks")
    value = text.get("text")
    if not isinstance(value, str) or not 1 <= length(value) <= limit:
        raise Refused("invalid_blocks")
    if text["type"] == "mrkdwn" and UNESCAPED.search(value):
        raise Refused("unescaped_text")
    return length(value)


def check_block(block):
    if not isinstance(block, dict):
        raise Refused("invalid_blocks_format")
    kind = block.get("type")
    if kind == "divider":
        return 0
    if kind == "header":
        return check_text(block.get("text"), 150)
    if kind == "context":
        elements = block.get("elements")
        if not isinstance(elements, list) or not 1 <= len(elements) <= 10:
            raise Refused("invalid_blocks")
        return sum(check_text(element, 3000) for element in elements)
    if kind == "section":
        fields = block.get("fields", [])
        if not isinstance(fields, list) or len(fields) > 10:
            raise Refused("invalid_blocks")
        if "text" not in block and not fields:
            raise Refused("invalid_blocks")
        total = sum(check_text(field, 2000) for field in fields)
        return total + (check_text(block["text"], 3000) if "text" in block else 0)
    raise Refused("invalid_blocks")


def check_post(post):
    if not isinstance(post, dict):
        raise Refused("invalid_payload")
    text = post.get("text", "")
    blocks = post.get("blocks", [])
    if not isinstance(text, str) or not isinstance(blocks, list):
        raise Refused("invalid_payload")
    if not text and not blocks:
        raise Refused("no_text")
    if length(text) > 40000:
        raise Refused("msg_too_long")
    if UNESCAPED.search(text):
        raise Refused("unescaped_text")
    if len(blocks) > 50:
        raise Refused("too_many_blocks")
    if sum(check_block(block) for block in blocks) > MAX_ALL_BLOCKS:
        raise Refused("msg_blocks_too_long")


class Slack:
    def __init__(self, recorder, url):
        self.recorder = recorder
        self.url = url
        self.files = {}  # id -> {name, length, content or None}

    def answer(self, method, path, headers, body):
        if path.startswith("/services/"):
            return self.answer_hook(method, path, headers, body)
        if path.startswith("/api/"):
            return self.answer_api(method, path, headers, body)
        if path.startswith("/upload/"):
            return self.answer_upload(method, path, body)
        return 404, {}, "no such page"

    def answer_hook(self, method, path, headers, body):
        if method != "POST":
            return 405, {}, "method_not_allowed"
        if path != HOOK:
            if path.startswith("/services/T1/B1/"):
                return 403, {}, "invalid_token"
            return 404, {}, "no_service"
        if headers.get_content_type() != "application/json":
            return 400, {}, "invalid_payload"
        try:
            post = json.loads(body.decode("utf-8"))
            check_post(post)
        except Refused as error:
            return 400, {}, str(error)
        except ValueError:
            return 400, {}, "invalid_payload"
        self.recorder.add("accepted", {"post": post})
        return 200, {}, "ok"

    def answer_api(self, method, path, headers, body):
        if method != "POST":
            return 405, {}, ""
        try:
            if headers.get("Authorization") is None:
                raise Refused("not_authed")
            if headers["Authorization"] != TOKEN:
                raise Refused("invalid_auth")
            if headers.get_content_type() != "application/x-www-form-urlencoded":
                raise Refused("invalid_form_data")
            fields = dict(urllib.parse.parse_qsl(body.decode("ascii"), errors="strict"))
            if path == "/api/files.getUploadURLExternal":
                reply = self.place(fields)
            elif path == "/api/files.completeUploadExternal":
                reply = self.complete(fields)
            else:
                raise Refused("unknown_method")
        except Refused as error:
            reply = {"ok": False, "error": str(error)}
        except ValueError:
            reply = {"ok": False, "error": "invalid_form_data"}
        return 200, {"Content-Type": "application/json; charset=utf-8"}, json.dumps(reply)

    def place(self, fields):
        if not fields.get("filename"):
            raise Refused("missing_argument")
        if not fields.get("length", "").isdigit() or int(fields["length"]) == 0:
            raise Refused("missing_argument")
        file_id = f"F{len(self.files) + 1}"
        key = secrets.token_hex(8)
        self.files[file_id] = {
            "name": fields["filename"],
            "length": int(fields["length"]),
            "key": key,
            "content": None,
        }
        return {"ok": True, "upload_url": f"{self.url}/upload/{key}", "file_id": file_id}

    def answer_upload(self, method, path, body):
        for file in self.files.values():
            if method == "POST" and path == f"/upload/{file['key']}":
                if len(body) != file["length"]:
                    return 400, {}, "length differs"
                file["content"] = body
                return 200, {}, f"OK - {len(body)}"
        return 404, {}, "no such upload"

    def complete(self, fields):
        if fields.get("channel_id") != CHANNEL:
            raise Refused("channel_not_found")
        files = json.loads(fields.get("files", "null"))
        if not isinstance(files, list) or not files:
            raise Refused("invalid_arguments")
        for entry in files:
            file = self.files.get(entry.get("id"))
            if file is None or file["content"] is None:
                raise Refused("file_not_found")
            comment = fields.get("initial_comment", "")
            if UNESCAPED.search(comment):
                raise Refused("unescaped_text")
            self.recorder.add(
                "accepted",
                {
                    "file": entry.get("title"),
                    "name": file["name"],
                    "content": file["content"].decode("latin-1"),
                    "comment": comment,
                },
            )
        return {"ok": True, "files": files}
