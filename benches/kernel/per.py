"""Reads and writes the PDUs of fixtures/h323/messages.txt by pycrate: one JSON object a line, with
what each takes in nanoseconds, the best of several runs."""

import json
import sys
import time

from pycrate_asn1dir.H225 import H323_MESSAGES
from pycrate_asn1dir.H245 import MULTIMEDIA_SYSTEM_CONTROL

TYPES = {
    "ras": H323_MESSAGES.RasMessage,
    "signalling": H323_MESSAGES.H323_UserInformation,
    "control": MULTIMEDIA_SYSTEM_CONTROL.MultimediaSystemControlMessage,
    "channel": MULTIMEDIA_SYSTEM_CONTROL.OpenLogicalChannel,
}

CALLS = 20
RUNS = 5


def best(call):
    """Nanoseconds of one call; None where it fails."""
    try:
        call()
    except Exception:
        return None
    times = []
    for _ in range(RUNS):
        begin = time.perf_counter_ns()
        for _ in range(CALLS):
            call()
        times.append((time.perf_counter_ns() - begin) / CALLS)
    return min(times)


for line in open(sys.argv[1], encoding="utf-8"):
    if line.startswith("#") or not line.strip():
        continue
    name, kind, text = line.split()
    pdu, octets = TYPES[kind], bytes.fromhex(text)
    read = best(lambda: pdu.from_aper(octets))
    write = best(lambda: pdu.to_aper()) if read else None
    print(json.dumps({"name": name, "read_ns": read, "write_ns": write}))
