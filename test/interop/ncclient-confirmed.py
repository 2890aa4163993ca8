"""Confirmed commits (RFC 6241 section 8.4) and the history of commits: prints what was seen, as JSON."""

import json
import sys
import time

from lxml import etree
from ncclient.operations import RPCError
from nc_client import open_session

host, port, username, password = sys.argv[1:]

BMP = "urn:bmpconfd:yang:bmp"
COMMITS = "urn:bmpconfd:yang:commits"
NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"


def connect():
    return open_session(host, port, username, password)


def name(session, datastore="running"):
    found = session.get_config(datastore).data_ele.findall(f".//{{{BMP}}}system-name")
    return [element.text for element in found]


def set_name(session, text):
    bmp = f'<bmp xmlns="{BMP}"><system-name>{text}</system-name></bmp>'
    session.edit_config(target="candidate", config=f'<nc:config xmlns:nc="{NETCONF}">{bmp}</nc:config>')


def kinds(session):
    data = session.get(filter=("subtree", f'<commits xmlns="{COMMITS}"/>')).data_ele
    return [element.text for element in data.findall(f".//{{{COMMITS}}}kind")]


def tag_of(call):
    try:
        call()
    except RPCError as error:
        return error.tag
    return None


def until(session, wanted):
    for _ in range(100):
        if name(session) == wanted:
            return wanted
        time.sleep(0.1)
    return name(session)


with connect() as session:
    seen = {"capabilities": sorted(uri for uri in session.server_capabilities if ":confirmed-commit:" in uri)}
    set_name(session, "first")
    session.commit()

    set_name(session, "timed-out")
    session.commit(confirmed=True, timeout="1")
    seen["in-effect"] = name(session)
    seen["timed-out"] = until(session, ["first"])

    set_name(session, "confirmed")
    session.commit(confirmed=True, timeout="2")
    session.commit()
    time.sleep(2.5)
    seen["confirmed"] = name(session)

    set_name(session, "cancelled")
    session.commit(confirmed=True)
    session.cancel_commit()
    seen["cancelled"] = name(session)
    seen["nothing-to-cancel"] = tag_of(session.cancel_commit)

    with connect() as other:
        set_name(other, "session-bound")
        other.commit(confirmed=True)
        seen["denied"] = [
            tag_of(lambda: session.lock("running")),
            tag_of(session.commit),
            tag_of(lambda: session.commit(persist_id="token")),
        ]
        seen["session-bound"] = name(session)
    seen["session-ended"] = until(session, ["confirmed"])

    with connect() as other:
        set_name(other, "persistent")
        other.commit(confirmed=True, timeout="120", persist="token")
    seen["wrong-token"] = [tag_of(session.commit), tag_of(lambda: session.commit(persist_id="other"))]
    session.commit(confirmed=True, timeout="120", persist_id="token")
    session.commit(persist_id="token")
    seen["persistent"] = name(session)

    set_name(session, "persistent-cancelled")
    session.commit(confirmed=True, timeout="120", persist="token")
    seen["cancel-without-token"] = tag_of(session.cancel_commit)
    session.cancel_commit(persist_id="token")
    seen["persistent-cancelled"] = name(session)

    seen["kinds"] = kinds(session)
    session.dispatch(etree.fromstring(f'<load-commit xmlns="{COMMITS}"><commit-id>1</commit-id></load-commit>'))
    seen["loaded"] = name(session, "candidate")
    session.commit()
    seen["rolled-back"] = name(session)
    print(json.dumps(seen))
