"""Keeps configurations on the server and takes them back: ncclient and the :url capability (RFC 6241 section 8.8)."""

import json
import sys

from ncclient.operations import RPCError
from nc_client import open_session

host, port, username, password = sys.argv[1:]

BMP = "urn:bmpconfd:yang:bmp"
NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
KEPT = "file:///kept.xml"


def name(session, datastore):
    found = session.get_config(datastore).data_ele.findall(f".//{{{BMP}}}system-name")
    return [element.text for element in found]


def set_name(session, text):
    bmp = f'<bmp xmlns="{BMP}"><system-name>{text}</system-name></bmp>'
    session.edit_config(target="candidate", config=f'<nc:config xmlns:nc="{NETCONF}">{bmp}</nc:config>')
    session.commit()


def tag_of(call):
    try:
        call()
    except RPCError as error:
        return error.tag
    return None


with open_session(host, port, username, password) as session:
    seen = {"url": [uri for uri in session.server_capabilities if ":url:" in uri]}
    set_name(session, "kept")
    session.copy_config(source="running", target=KEPT)
    set_name(session, "changed")
    session.validate(KEPT)
    session.copy_config(source=KEPT, target="candidate")
    seen["candidate"] = name(session, "candidate")
    session.commit()
    seen["running"] = name(session, "running")
    session.delete_config(KEPT)
    seen["deleted-twice"] = tag_of(lambda: session.delete_config(KEPT))
    seen["elsewhere"] = tag_of(lambda: session.copy_config(source="file:///%2e%2e%2fusers", target="candidate"))
    print(json.dumps(seen))
