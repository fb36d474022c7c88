"""OpenSMTPD as a mail server that a test can have for itself.

usage: unshare -m opensmtpd.py FOLDER

Prints the port, and ends when its standard input does. Mails to any address
"nobody@..." appear in FOLDER as 1.eml, 2.eml and so on; every other recipient
is refused.

It has to be root, in a mount namespace of its own (unshare(1)): then the folders
that are compiled into OpenSMTPD are there for it alone.
"""

import ctypes
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import time

FOLDER = pathlib.Path(sys.argv[1])
INBOX = pathlib.Path("/var/spool/inbox")
CONFIGURATION = """
listen on 127.0.0.1 port {port}
action "keep" maildir "{inbox}"
match from any for any action "keep"
"""
PR_SET_PDEATHSIG = 1


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port):
    for _ in range(600):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            time.sleep(0.05)
    sys.exit("smtpd does not listen")


def hand_over():
    """Moves what arrives out of the namespace, whole files only."""
    count = 0
    while True:
        for mail in sorted(INBOX.glob("new/*")):
            count += 1
            new = FOLDER / "new"
            new.write_bytes(mail.read_bytes())
            new.rename(FOLDER / f"{count}.eml")
            mail.unlink()
        time.sleep(0.02)


def main():
    for path in ("/run", "/var/spool"):
        subprocess.run(["mount", "-t", "tmpfs", "none", path], check=True)
    os.mkdir("/var/spool/smtpd", 0o711)
    INBOX.mkdir()
    subprocess.run(["chown", "nobody", INBOX], check=True)
    port = free_port()
    configuration = pathlib.Path("/run/smtpd.conf")
    configuration.touch(0o600)
    configuration.write_text(CONFIGURATION.format(port=port, inbox=INBOX))
    libc = ctypes.CDLL(None)
    subprocess.Popen(
        ["smtpd", "-d", "-f", str(configuration)],
        stdin=subprocess.DEVNULL,
        stdout=sys.stderr,
        # However this script ends.
        preexec_fn=lambda: libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM),
    )
    wait_for(port)
    print(port, flush=True)
    threading.Thread(target=hand_over, daemon=True).start()
    sys.stdin.read()


main()
