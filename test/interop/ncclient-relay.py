"""Configures the relay, is refused what cannot be, and reads its state: ncclient."""

import json
import sys
import time

from ncclient.operations import RPCError
from nc_client import open_session

host, port, username, password, relay_port, taken_port, router = sys.argv[1:]

NC = "urn:ietf:params:xml:ns:netconf:base:1.0"
RELAY = "urn:bmpconfd:yang:relay"


def config(content):
    return f'<config xmlns="{NC}" xmlns:nc="{NC}"><relay xmlns="{RELAY}">{content}</relay></config>'


def listen(at):
    return f"<listen><address>127.0.0.1</address><port>{at}</port></listen>"


def refused(do):
    try:
        do()
    except RPCError as error:
        return [error.type, error.tag, error.app_tag, error.path, error.message]
    return None


def state(netconf):
    own = f'<relay xmlns="{RELAY}"><router><address>{router}</address><state/></router></relay>'
    return {
        element.tag.split("}")[1]: element.text
        for element in netconf.get(filter=("subtree", own)).data_ele.iter()
        if element.text is not None
    }


def wait_for(netconf, oper_state):
    deadline = time.monotonic() + 30
    while state(netconf).get("oper-state") != oper_state:
        if time.monotonic() > deadline:
            raise TimeoutError(f"{state(netconf)} where {oper_state} is due")
        time.sleep(0.05)


with open_session(host, port, username, password) as netconf:
    edit = lambda content: netconf.edit_config(target="candidate", config=config(content))
    seen = {
        "multicast": refused(lambda: edit("<router><address>224.0.0.1</address></router>") and netconf.commit()),
    }
    netconf.discard_changes()
    seen["port-0"] = refused(lambda: edit(listen(0)))
    edit(listen(taken_port))
    seen["taken"] = refused(netconf.commit)
    netconf.discard_changes()
    edit(listen(relay_port) + f"<router><address>{router}</address><description>core</description></router>")
    netconf.commit()
    print("configured", flush=True)
    wait_for(netconf, "connected")
    seen["state"] = {name: state(netconf).get(name) for name in ("sys-name", "peers", "routes", "initiation")}
    edit(f"<router><address>{router}</address><enabled>false</enabled></router>")
    netconf.commit()
    wait_for(netconf, "disabled")
    seen["last-error"] = state(netconf)["last-error"]
    edit(f'<router nc:operation="delete"><address>{router}</address></router>')
    netconf.commit()
    seen["gone"] = state(netconf)
    print(json.dumps(seen))
