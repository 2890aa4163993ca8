"""Configures passive BMP sessions (RFC 7854 section 3.2) and reads their state: ncclient."""

import json
import sys
import time

from ncclient.xml_ import to_ele
from nc_client import attempt, open_session

host, port, username, password, collector, listen_port, taken_port = sys.argv[1:]

BMP = "urn:bmpconfd:yang:bmp"


def bmp(content):
    return f'<bmp xmlns="{BMP}">{content}</bmp>'


def listen(at_port, content=""):
    return f"<listen><vpn-instance>_public_</vpn-instance><address>::</address><port>{at_port}</port>{content}</listen>"


def session(alias, content=""):
    keys = f"<vpn-instance>_public_</vpn-instance><address>{collector}</address><alias>{alias}</alias>"
    return f"<bmp-session>{keys}{content}</bmp-session>"


def passive(alias, at_port):
    return session(alias, f"<connection-mode>passive</connection-mode><local-port>{at_port}</local-port>")


with open_session(host, port, username, password) as netconf:

    def state(entry):
        """The leaves of the state of an entry."""
        found = netconf.get(filter=("subtree", bmp(entry))).data_ele.iter(f"{{{BMP}}}state")
        return {leaf.tag.split("}")[1]: leaf.text for container in found for leaf in container if len(leaf) == 0}

    def wait_for(what, entry):
        deadline = time.monotonic() + 60
        while not what.items() <= state(entry).items():
            if time.monotonic() > deadline:
                raise TimeoutError(f"{state(entry)} where {what} is due")
            time.sleep(0.05)

    seen = {
        "no-listener": attempt(netconf, bmp(passive("", listen_port))),
        "in-use": attempt(netconf, bmp(listen(taken_port))),
        "commit": attempt(netconf, bmp(listen(listen_port) + passive("", listen_port))),
        "ambiguous": attempt(netconf, bmp(passive("other", listen_port))),
        "no-port": attempt(netconf, bmp(session("other", "<connection-mode>passive</connection-mode>"))),
    }
    wait_for({"oper-state": "up", "connections": "1", "local-port": listen_port}, session("", "<state/>"))
    reset = bmp(session("", "<reset/>"))
    netconf.dispatch(to_ele(f'<action xmlns="urn:ietf:params:xml:ns:yang:1">{reset}</action>'))
    wait_for({"oper-state": "up", "connections": "2"}, session("", "<state/>"))
    seen["listener"] = state(listen(listen_port, "<state/>"))["oper-state"]
    seen["session"] = sorted(set(state(session("", "<state/>"))) & {"next-connect", "refused-connections"})
    print(json.dumps(seen))
