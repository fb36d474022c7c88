"""SendGrid's v3/mail/send, with the checks that its documentation lists."""

import base64
import binascii
import json
import re
import secrets

KEY = "Bearer SG.test"
ADDRESS = re.compile(r"[^@\s<>,]+@[^@\s<>,]+")
MAX_BYTES = 30000000
RESERVED = {
    "x-sg-id",
    "x-sg-eid",
    "received",
    "dkim-signature",
    "content-type",
    "content-transfer-encoding",
    "to",
    "from",
    "subject",
    "reply-to",
    "cc",
    "bcc",
}


class Invalid(Exception):
    def __init__(self, field, message):
        super().__init__(message)
        self.field = field


def check_string(value, field):
    if not isinstance(value, str) or not value:
        raise Invalid(field, "must be a string of at least one character")
    return value


def check_one_line(value, field):
    if re.search(r"[\r\n]", check_string(value, field)):
        raise Invalid(field, "must not contain CR or LF")
    return value


def check_address(value, field):
    if not isinstance(value, dict) or not ADDRESS.fullmatch(str(value.get("email"))):
        raise Invalid(field, "Does not contain a valid address.")
    return value["email"]


def check_personalizations(mail):
    blocks = mail.get("personalizations")
    if not isinstance(blocks, list) or not 1 <= len(blocks) <= 1000:
        raise Invalid("personalizations", "1 to 1000 are required")
    total = 0
    for i, block in enumerate(blocks):
        seen = set()
        if not block.get("to"):
            raise Invalid(f"personalizations.{i}.to", "is required")
        for kind in ("to", "cc", "bcc"):
            for j, entry in enumerate(block.get(kind, [])):
                field = f"personalizations.{i}.{kind}.{j}.email"
                address = check_address(entry, field).lower()
                if address in seen:
                    raise Invalid(field, "Each email address should be unique between to, cc, and bcc.")
                seen.add(address)
                total += 1
    if total > 1000:
        raise Invalid("personalizations", "There is a limit of 1000 total recipients per request.")


def check_content(mail):
    content = mail.get("content")
    if not isinstance(content, list) or not content:
        raise Invalid("content", "is required")
    types = []
    for i, part in enumerate(content):
        types.append(check_one_line(part.get("type"), f"content.{i}.type"))
        check_string(part.get("value"), f"content.{i}.value")
    order = {"text/plain": 0, "text/html": 1}
    ranks = [order.get(kind, 2) for kind in types]
    if ranks != sorted(ranks):
        raise Invalid("content", "text/plain must be first, followed by text/html")
    if len(set(types)) != len(types):
        raise Invalid("content", "a type stands there twice")


def check_attachments(mail):
    for i, file in enumerate(mail.get("attachments", [])):
        content = check_string(file.get("content"), f"attachments.{i}.content")
        try:
            base64.b64decode(content, validate=True)
        except binascii.Error as error:
            raise Invalid(f"attachments.{i}.content", "must be base64") from error
        check_one_line(file.get("filename"), f"attachments.{i}.filename")
        check_one_line(file.get("type", "x"), f"attachments.{i}.type")
        if file.get("disposition", "attachment") not in ("attachment", "inline"):
            raise Invalid(f"attachments.{i}.disposition", "attachment or inline")


def check_headers(mail):
    for name, value in mail.get("headers", {}).items():
        if name.lower() in RESERVED or not re.fullmatch(r"[!-9;-~]+", name):
            raise Invalid(f"headers.{name}", "cannot be used")
        check_one_line(value, f"headers.{name}")
    arguments = mail.get("custom_args", {})
    if len(json.dumps(arguments)) > 10000:
        raise Invalid("custom_args", "10,000 bytes at most")
    for name, value in arguments.items():
        check_string(value, f"custom_args.{name}")


def check_mail(mail):
    if not isinstance(mail, dict):
        raise Invalid(None, "not an object")
    check_personalizations(mail)
    check_address(mail.get("from"), "from.email")
    check_one_line(mail.get("subject"), "subject")
    check_content(mail)
    check_attachments(mail)
    check_headers(mail)


def errors(*entries):
    return json.dumps(
        {"errors": [{"message": message, "field": field, "help": None} for field, message in entries]}
    )


class SendGrid:
    def __init__(self, recorder, url):
        del url
        self.recorder = recorder

    def answer(self, method, path, headers, body):
        if path != "/v3/mail/send":
            return 404, {}, errors((None, "not found"))
        if method != "POST":
            return 405, {}, errors((None, "method not allowed"))
        if headers.get("Authorization") != KEY:
            return 401, {}, errors((None, "The provided authorization grant is invalid, expired, or revoked"))
        if headers.get_content_type() != "application/json":
            return 415, {}, errors((None, "Content-Type should be application/json."))
        if len(body) > MAX_BYTES:
            return 413, {}, errors((None, "The message is too large."))
        try:
            mail = json.loads(body.decode("utf-8"))
            check_mail(mail)
        except Invalid as error:
            return 400, {}, errors((error.field, str(error)))
        except ValueError:
            return 400, {}, errors((None, "Bad Request"))
        self.recorder.add("accepted", mail)
        return 202, {"X-Message-Id": secrets.token_hex(8)}, ""
