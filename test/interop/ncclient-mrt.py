"""Has an MRT file loaded, watches it, and asks for files that there are not, or that are not to be read: ncclient."""

import json
import sys
import time

from ncclient.operations import RPCError
from nc_client import open_session

host, port, username, password, *files = sys.argv[1:]
good, missing, outside, climbing = files

MRT = "urn:bmpconfd:yang:mrt"
BASE = "urn:ietf:params:xml:ns:netconf:base:1.0"


def feed(content, attributes=""):
    return f'<mrt xmlns="{MRT}"><feed{attributes}><name>tables</name>{content}</feed></mrt>'


def commit(netconf, content):
    """None, or why it was refused."""
    try:
        netconf.edit_config(target="candidate", config=f'<config xmlns="{BASE}">{content}</config>')
        netconf.commit()
    except RPCError as error:
        netconf.discard_changes()
        return [error.tag, error.path, error.message]
    return None


def state(netconf):
    found = netconf.get(filter=("subtree", feed("<state/>"))).data_ele.iter(f"{{{MRT}}}state")
    return {leaf.tag.split("}")[1]: leaf.text for element in found for leaf in element}


with open_session(host, port, username, password) as netconf:
    seen = {name: commit(netconf, feed(f"<file>{file}</file>")) for name, file in
            (("missing", missing), ("outside", outside), ("climbing", climbing))}
    seen["none"] = state(netconf)
    seen["good"] = commit(netconf, feed(f"<file>{good}</file>"))
    deadline = time.monotonic() + 30
    while state(netconf).get("oper-state") != "done":
        if time.monotonic() > deadline:
            raise TimeoutError(state(netconf))
        time.sleep(0.05)
    seen["state"] = state(netconf)
    delete = f' xmlns:nc="{BASE}" nc:operation="delete"'
    seen["removed"] = [commit(netconf, feed("", delete)), state(netconf)]
    print(json.dumps(seen))
