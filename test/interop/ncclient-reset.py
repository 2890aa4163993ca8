"""Resets a BMP session and a BGP neighbour by actions (RFC 7950 section 7.15): ncclient, as two users."""

import json
import sys
import time

from ncclient.operations import RPCError
from ncclient.xml_ import to_ele
from nc_client import open_session

host, port, admin_name, admin_password, monitor_name, monitor_password, collector, disabled, neighbour = sys.argv[1:]

BMP = "urn:bmpconfd:yang:bmp"
BGP = "urn:bmpconfd:yang:bgp"


def connect(username, password):
    return open_session(host, port, username, password)


def session(address, content):
    keys = f"<vpn-instance>_public_</vpn-instance><address>{address}</address><alias/>"
    return f'<bmp xmlns="{BMP}"><bmp-session>{keys}{content}</bmp-session></bmp>'


def peer(address, content):
    return f'<bgp xmlns="{BGP}"><neighbor><address>{address}</address>{content}</neighbor></bgp>'


def act(netconf, content):
    """The output's leaves, or why it was refused."""
    try:
        reply = netconf.dispatch(to_ele(f'<action xmlns="urn:ietf:params:xml:ns:yang:1">{content}</action>'))
    except RPCError as error:
        return [error.tag, error.app_tag, error.path]
    return {child.tag: child.text for child in to_ele(reply.xml)}


def state(netconf, entry, namespace, leaf):
    found = netconf.get(filter=("subtree", entry)).data_ele.iter(f"{{{namespace}}}{leaf}")
    return next((element.text for element in found), None)


def wait_for(what, value):
    deadline = time.monotonic() + 30
    while value() != what:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{value()} where {what} is due")
        time.sleep(0.05)


RESET = "<reset><reason>tables out of step</reason></reset>"

with connect(admin_name, admin_password) as admin, connect(monitor_name, monitor_password) as monitor:
    seen = {"monitor": [act(monitor, session(collector, RESET)), act(monitor, peer(neighbour, RESET))]}

    done = act(admin, session(collector, RESET))
    seen["session"] = list(done)
    seen["session-again"] = act(admin, session(collector, RESET))
    own = session(collector, "<state/>")
    wait_for("2", lambda: state(admin, own, BMP, "connections"))
    wait_for("up", lambda: state(admin, own, BMP, "oper-state"))
    seen["monitor"].append(act(monitor, session(collector, "<clear-counters/>")))
    cleared = act(admin, session(collector, "<clear-counters/>"))
    seen["cleared"] = list(cleared)
    seen["is-discontinuity"] = state(admin, own, BMP, "discontinuity-time") == cleared[f"{{{BMP}}}cleared-at"]
    seen["counted"] = [state(admin, own, BMP, leaf) for leaf in ("connections", "peer-up", "sent-octets")]
    seen["session-is-later"] = state(admin, own, BMP, "last-change") >= done[f"{{{BMP}}}reset-at"]

    done = act(admin, peer(neighbour, RESET))
    seen["neighbour"] = list(done)
    seen["neighbour-again"] = act(admin, peer(neighbour, RESET))
    own = peer(neighbour, "<state/>")
    wait_for("2", lambda: state(admin, own, BGP, "established-transitions"))
    seen["neighbour-is-later"] = state(admin, own, BGP, "last-change") > done[f"{{{BGP}}}reset-at"]

    seen["unknown"] = act(admin, session("2001:db8::77", "<reset/>"))
    seen["disabled"] = act(admin, session(disabled, "<reset/>"))
    print(json.dumps(seen))
