"""Services that take messages over HTTP, as strict as their documentation.

usage: http_services.py webhook|slack|sendgrid FOLDER

Listens on a port of 127.0.0.1 that it writes to FOLDER/port. What is accepted is
written to FOLDER/accepted.jsonl, and the status of every answer to
FOLDER/statuses.jsonl, a line each.

FOLDER/script.json, if it is there at the start, is a list of what becomes of the
first requests, one after the other:

  null                          the service answers as it would
  {"status": 429, "headers": {"Retry-After": "1"}, "body": ""}
  "hang"                        no answer, until the client gives up
  "drop"                        the connection is closed
"""

import http.server
import json
import os
import sys
import threading

from sendgrid_rules import SendGrid
from slack_rules import Slack
from webhook_rules import Webhook

SERVICES = {"webhook": Webhook, "slack": Slack, "sendgrid": SendGrid}


class Recorder:
    """Appends lines of JSON to the files of a folder."""

    def __init__(self, folder):
        self.folder = folder
        self.lock = threading.Lock()

    def add(self, name, value):
        with self.lock, open(f"{self.folder}/{name}.jsonl", "a", encoding="ascii") as file:
            file.write(json.dumps(value) + "\n")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def handle_request(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        with self.server.recorder.lock:
            step = self.server.script.pop(0) if self.server.script else None
        if step == "hang":
            self.server.recorder.add("statuses", "hang")
            self.connection.recv(1)
            self.close_connection = True
            return
        if step == "drop":
            self.server.recorder.add("statuses", "drop")
            self.close_connection = True
            return
        if step is not None:
            answer = (step["status"], step.get("headers", {}), step.get("body", ""))
        else:
            answer = self.server.service.answer(self.command, self.path, self.headers, body)
        status, headers, text = answer
        # Before the answer, so that who has it finds the record.
        self.server.recorder.add("statuses", [status, text])
        self.send_response(status)
        for key, value in headers.items():
            self.send_header(key, value)
        content = text.encode()
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = handle_request

    def log_message(self, *args):
        pass


def main(kind, folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    port = server.server_address[1]
    server.recorder = Recorder(folder)
    server.service = SERVICES[kind](server.recorder, f"http://127.0.0.1:{port}")
    server.script = []
    if os.path.exists(f"{folder}/script.json"):
        with open(f"{folder}/script.json", encoding="utf-8") as file:
            server.script = json.load(file)
    with open(f"{folder}/port.new", "w", encoding="ascii") as file:
        file.write(str(port))
    os.rename(f"{folder}/port.new", f"{folder}/port")
    server.serve_forever()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
