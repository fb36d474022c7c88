"""An HTTP server whose answer is what the path says, for tests.

usage: http_server.py [CERTIFICATE KEY]

Prints the port, and ends when its standard input does.
"""

import hashlib
import http.server
import json
import os
import socket
import ssl
import struct
import sys
import threading


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, status, body, headers=()):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def handle_any(self):
        if self.path == "/reset":  # a reset, without a word
            linger = struct.pack("ii", 1, 0)
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            self.connection.close()
            os._exit(0)
        if self.path.startswith("/hang"):
            threading.Event().wait()
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        parts = self.path.split("/")
        if parts[1] == "status":
            self.answer(int(parts[2]), b"so be it", [("Location", "/echo")])
        elif parts[1] == "long":
            self.answer(200, b"x" * int(parts[2]))
        elif parts[1] == "chunks":  # as long, and without a length
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for _ in range(int(parts[2])):
                self.wfile.write(b"1\r\nx\r\n")
            self.wfile.write(b"0\r\nX-Trailer: late\r\n\r\n")
        elif parts[1] == "endless":
            self.send_response(200)
            self.end_headers()
            while True:
                self.wfile.write(b"x" * 1000)
        elif parts[1] == "break":
            self.send_response(200)
            self.send_header("Content-Length", "1000")
            self.end_headers()
            self.wfile.write(b"half of it")
            self.close_connection = True
        elif parts[1] == "silent":
            self.close_connection = True
        elif parts[1] == "early":
            self.wfile.write(b"HTTP/1.1 103 Early Hints\r\nX-Early: yes\r\n\r\n")
            self.answer(200, b"late", [("X-Late", "yes")])
        else:
            what = {
                "method": self.command,
                "path": self.path,
                "headers": [[k.lower(), v] for k, v in self.headers.items()],
                "size": len(body),
                "sha256": hashlib.sha256(body).hexdigest(),
            }
            self.answer(200, json.dumps(what).encode(), [("X-Kind", "Echo")])

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = handle_any


def main():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    if len(sys.argv) > 1:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[1], sys.argv[2])
        server.socket = context.wrap_socket(server.socket, server_side=True)
    # A client that is not content with the certificate is no trouble.
    server.handle_error = lambda request, address: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()


main()
