"""One operator's work with ncclient: put a BMP session in service, look at it, take it out again.

Prints one JSON object with what the server answered; any refusal ends the script with a traceback.
"""

import json
import sys
import time

from ncclient.operations import RPCError
from nc_client import open_session

host, port, username, password, address, collector_port = sys.argv[1:]

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
BMP = "urn:bmpconfd:yang:bmp"
KEY = f"<vpn-instance>_public_</vpn-instance><address>{address}</address><alias/>"
# An empty <alias/> would select the alias instead of matching it (RFC 6241 section 6.2).
SESSION = f'<bmp xmlns="{BMP}"><bmp-session><address>{address}</address></bmp-session></bmp>'


def config(session):
    return f'<nc:config xmlns:nc="{NETCONF}"><bmp xmlns="{BMP}">{session}</bmp></nc:config>'


def leaf(reply, name):
    found = reply.data_ele.findall(f".//{{{BMP}}}{name}")
    return [element.text for element in found]


def state(session):
    return session.get(("subtree", SESSION))


with open_session(host, port, username, password) as session:
    seen = {"capabilities": sorted(session.server_capabilities)}
    with session.locked("candidate"):
        session.edit_config(
            target="candidate",
            config=config(f"<bmp-session>{KEY}<port>{collector_port}</port></bmp-session>"),
        )
        seen["running-before-commit"] = leaf(session.get_config("running"), "address")
        session.validate("candidate")
        session.commit()
        seen["running-after-commit"] = leaf(session.get_config("running"), "address")

        deadline = time.monotonic() + 20
        while leaf(state(session), "oper-state") != ["up"] and time.monotonic() < deadline:
            time.sleep(0.1)
        reply = state(session)
        seen["oper-state"] = leaf(reply, "oper-state")
        seen["initiations"] = leaf(reply, "initiation")

        session.edit_config(
            target="candidate",
            config=config(f'<bmp-session nc:operation="delete">{KEY}</bmp-session>'),
        )
        session.validate("candidate")
        session.commit()
        seen["running-after-undo"] = leaf(session.get_config("running"), "address")
        seen["state-after-undo"] = leaf(state(session), "oper-state")

        try:
            session.edit_config(
                target="candidate",
                config=config(f'<bmp-session nc:operation="delete">{KEY}</bmp-session>'),
            )
        except RPCError as refusal:
            seen["deleted-twice"] = refusal.tag
    session.discard_changes()

print(json.dumps(seen))
