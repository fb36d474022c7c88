"""Prints what an archive holds, as JSON: a list of [name, content as Latin-1].

usage: read_archive.py gzip|zip FILE
"""

import gzip
import json
import sys
import zipfile


def entries(kind, path):
    if kind == "gzip":
        with gzip.open(path) as file:
            return [["", file.read().decode("latin-1")]]
    with zipfile.ZipFile(path) as archive:
        broken = archive.testzip()
        if broken is not None:
            raise SystemExit(f"{broken} is broken")
        return [[info.filename, archive.read(info).decode("latin-1")] for info in archive.infolist()]


# Only ASCII is printed, whatever the locale.
print(json.dumps(entries(sys.argv[1], sys.argv[2])))
