"""Partial locks (RFC 5717), which ncclient sends as any XML: prints what was seen, as JSON."""

import json
import sys

from lxml import etree
from ncclient.operations import RPCError
from nc_client import open_session

host, port, username, password = sys.argv[1:]

BMP = "urn:bmpconfd:yang:bmp"
NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
PARTIAL_LOCK = "urn:ietf:params:xml:ns:netconf:partial-lock:1.0"
MONITORING = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"


def connect():
    return open_session(host, port, username, password)


def lock(session, *selects):
    """Returns the lock's id and its nodes, with the namespaces of their prefixes."""
    operation = etree.Element(f"{{{PARTIAL_LOCK}}}partial-lock", nsmap={None: PARTIAL_LOCK, "b": BMP})
    for select in selects:
        etree.SubElement(operation, f"{{{PARTIAL_LOCK}}}select").text = select
    reply = etree.fromstring(session.dispatch(operation).xml.encode())
    lock_id = reply.findtext(f"{{{PARTIAL_LOCK}}}lock-id")
    nodes = reply.findall(f"{{{PARTIAL_LOCK}}}locked-node")
    return lock_id, [[node.text, node.nsmap["bmp"]] for node in nodes]


def unlock(session, lock_id):
    operation = etree.Element(f"{{{PARTIAL_LOCK}}}partial-unlock", nsmap={None: PARTIAL_LOCK})
    etree.SubElement(operation, f"{{{PARTIAL_LOCK}}}lock-id").text = lock_id
    return session.dispatch(operation).ok


def collector(address, description, target="running"):
    entry = (
        f'<bmp xmlns="{BMP}"><bmp-session><vpn-instance>_public_</vpn-instance><address>{address}</address><alias/>'
        f"<enabled>false</enabled><description>{description}</description></bmp-session></bmp>"
    )
    return lambda session: session.edit_config(
        target=target, config=f'<nc:config xmlns:nc="{NETCONF}">{entry}</nc:config>'
    )


def refusal(call, *arguments):
    try:
        call(*arguments)
    except RPCError as error:
        info = etree.fromstring(error.info.encode()) if error.info else None
        holder = info.findtext(f"{{{NETCONF}}}session-id") if info is not None else None
        return [error.tag, error.app_tag, error.path, holder]
    return None


def monitored(session):
    state = session.get(filter=("subtree", f'<netconf-state xmlns="{MONITORING}"><datastores/></netconf-state>'))
    locks = state.data_ele.findall(f".//{{{MONITORING}}}partial-lock")
    return [[child.text for child in lock if not child.tag.endswith("locked-time")] for lock in locks]


with connect() as one:
    seen = {"capability": [uri for uri in one.server_capabilities if ":partial-lock:1.0" in uri]}
    collector("192.0.2.11", "a")(one)
    collector("192.0.2.12", "b")(one)
    with connect() as two:
        seen["sessions"] = [one.session_id, two.session_id]
        first = "/b:bmp/b:bmp-session[b:vpn-instance='_public_'][b:address='192.0.2.11'][b:alias='']"
        seen["granted"] = lock(one, first)
        seen["monitored"] = monitored(two)
        seen["denied"] = refusal(lock, two, "/b:bmp")
        seen["running denied"] = refusal(two.lock, "running")
        seen["in use"] = refusal(collector("192.0.2.11", "x"), two)
        collector("192.0.2.11", "x", "candidate")(two)
        seen["commit in use"] = refusal(two.commit)
        two.discard_changes()
        seen["beside it"] = refusal(collector("192.0.2.12", "c"), two)
        seen["its own"] = refusal(collector("192.0.2.11", "d"), one)
        seen["no matches"] = refusal(lock, one, "/b:bmp/b:nothing")
        seen["no node set"] = refusal(lock, one, "1 + 1")
        seen["not the holder"] = refusal(unlock, two, seen["granted"][0])
        seen["unlocked"] = unlock(one, seen["granted"][0])
        seen["then granted"] = lock(two, "//b:bmp-session")
        seen["then in use"] = refusal(collector("192.0.2.12", "x"), one)
    # The other session has ended, and its lock with it.
    seen["at the end"] = [refusal(one.lock, "running"), monitored(one)]

print(json.dumps(seen))
