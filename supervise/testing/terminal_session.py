"""Runs a job in a session of its own on a terminal of its own, as a shell does.

    terminal_session.py TYPED COMMAND [ARG...]

TYPED is a sequence of WAIT=KEYS, separated by commas: when WAIT has been
printed, KEYS are typed: c, z (with control), or a line. A job that was stopped
is said so and continued in the foreground. All that the terminal has shown is
printed, and at last how the job ended.
"""

import os
import pty
import select
import signal
import sys
import time

SECONDS = 30


def run_shell(command):
    """Leads the session; ends when the job does."""
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    job = os.fork()
    if job == 0:
        os.setpgid(0, 0)
        os.tcsetpgrp(0, os.getpid())
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(command[0], command)
    while True:
        _, status = os.waitpid(job, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            break
        os.tcsetpgrp(0, os.getpgrp())
        print("job stopped", flush=True)
        os.tcsetpgrp(0, job)
        os.killpg(job, signal.SIGCONT)
    foreground = os.tcgetpgrp(0)
    os.tcsetpgrp(0, os.getpgrp())
    print("terminal", "back" if foreground == job else "lost", flush=True)
    print("job ended", os.waitstatus_to_exitcode(status), flush=True)
    os._exit(0)


def main():
    typed = [pair.split("=") for pair in sys.argv[1].split(",") if pair]
    shell, terminal = pty.fork()
    if shell == 0:
        run_shell(sys.argv[2:])
    shown = b""
    deadline = time.monotonic() + SECONDS
    while time.monotonic() < deadline:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            read = os.read(terminal, 1000)
        except OSError:  # everyone has gone
            break
        shown += read
        if typed and typed[0][0].encode() in shown:
            keys = typed.pop(0)[1]
            os.write(terminal,
                     {"c": b"\x03", "z": b"\x1a"}.get(keys, keys.encode() + b"\n"))
    sys.stdout.write(shown.decode().replace("\r\n", "\n"))


main()
