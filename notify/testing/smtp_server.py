"""A mail server that behaves as a file says, for tests.

usage: smtp_server.py SCRIPT FOLDER

Prints the port, and ends when its standard input does. SCRIPT holds JSON; each
part may be left out, and most are read anew whenever they matter, so that the
next try can end otherwise:

    {"host": "::1",                        at the start only
     "certificate": [FILE, KEY],           at the start only
     "implicit": true,                     TLS from the start; at the start only
     "user": [NAME, PASSWORD],             AUTH; at the start only
     "connect": ACT, "auth": ACT, "mail": ACT, "data": ACT, "quit": ACT,
     "rcpt": {ADDRESS: ACT}}

With a certificate and without "implicit", STARTTLS is offered. ACT is a reply
like "550 no", or "hang", or "drop" for the end of the connection.

Each mail is written into FOLDER, as 1.json ({"from", "to", "tls", "user",
"options"}) and 1.eml, and so on. FOLDER/log has the commands, one a line.
"""

import asyncio
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

SCRIPT, FOLDER = sys.argv[1:]


def script():
    with open(SCRIPT, encoding="utf-8") as file:
        return json.load(file)


def log(line):
    with open(os.path.join(FOLDER, "log"), "a", encoding="utf-8") as file:
        file.write(line + "\n")


async def act(server, what, otherwise):
    """The reply to give, unless there is to be none."""
    if what == "hang":
        await asyncio.Event().wait()
    if what == "drop":
        server.transport.abort()
    return what or otherwise


class Handler:
    def __init__(self):
        self.count = 0

    async def handle_MAIL(self, server, session, envelope, address, options):
        log("MAIL " + address)
        reply = await act(server, script().get("mail"), "250 OK")
        if reply.startswith("250"):
            envelope.mail_from = address
            envelope.mail_options = options
        return reply

    async def handle_RCPT(self, server, session, envelope, address, options):
        log("RCPT " + address)
        reply = await act(server, script().get("rcpt", {}).get(address), "250 OK")
        if reply.startswith("250"):
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, server, session, envelope):
        log("DATA")
        reply = await act(server, script().get("data"), "250 OK")
        if reply.startswith("250"):
            self.keep(session, envelope)
        return reply

    async def handle_QUIT(self, server, session, envelope):
        log("QUIT")
        return await act(server, script().get("quit"), "221 Bye")

    def keep(self, session, envelope):
        self.count += 1
        base = os.path.join(FOLDER, str(self.count))
        login = session.auth_data
        what = {
            "from": envelope.mail_from,
            "to": envelope.rcpt_tos,
            "tls": session.ssl is not None or script().get("implicit", False),
            "user": login.login.decode() if login else None,
            "options": envelope.mail_options,
        }
        with open(base + ".eml", "wb") as file:
            file.write(envelope.original_content)
        with open(base + ".json", "w", encoding="utf-8") as file:
            json.dump(what, file)


class Server(SMTP):
    greeted = False

    def connection_made(self, transport):
        if not self.greeted:  # not once more after STARTTLS
            log("CONNECT")
        super().connection_made(transport)

    async def push(self, status):
        if not self.greeted and status.startswith("220"):
            self.greeted = True
            status = await act(self, script().get("connect"), status)
        await super().push(status)


class Authenticator:
    def __init__(self, user):
        self.user = user

    def __call__(self, server, session, envelope, mechanism, login):
        log("AUTH " + mechanism)
        refusal = script().get("auth")
        if refusal:
            return AuthResult(success=False, handled=False, message=refusal)
        given = [login.login.decode(), login.password.decode()]
        return AuthResult(
            success=given == self.user, handled=False, auth_data=login
        )


async def main():
    start = script()
    context = None
    if "certificate" in start:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*start["certificate"])
    implicit = start.get("implicit", False)
    handler = Handler()
    options = {"hostname": "mx.test"}
    if context and not implicit:
        options["tls_context"] = context
    if "user" in start:
        options["authenticator"] = Authenticator(start["user"])
        options["auth_required"] = True
        options["auth_require_tls"] = False

    loop = asyncio.get_running_loop()
    # Clients that break off are what tests are about.
    loop.set_exception_handler(lambda loop, what: None)
    server = await loop.create_server(
        lambda: Server(handler, loop=loop, **options),
        start.get("host", "127.0.0.1"),
        0,
        ssl=context if implicit else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)
    os._exit(0)


asyncio.run(main())
