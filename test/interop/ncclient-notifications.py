"""Two operators with ncclient: one subscribes to events, the other works, and the first replays what happened.

Prints one JSON object with the names of the events that came; any refusal ends the script with a traceback.
"""

import json
import sys
import time
from datetime import datetime, timedelta, timezone

from ncclient.operations import RPCError
from nc_client import open_session

host, port, username, password = sys.argv[1:]

EVENTS = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"
CONFIG = (
    '<nc:config xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0"><bmp xmlns="urn:bmpconfd:yang:bmp">'
    "<system-name>watched</system-name></bmp></nc:config>"
)
STREAMS = '<netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"><streams/></netconf>'


def connect():
    return open_session(host, port, username, password)


def take(session):
    notification = session.take_notification(timeout=20)
    return None if notification is None else notification.notification_ele[1]


def name(element):
    return None if element is None else element.tag.split("}")[1]


def text(element, leaf):
    return element.findtext(f"{{{EVENTS}}}{leaf}")


seen = {}
begun = datetime.now(timezone.utc).isoformat()
with connect() as watcher:
    watcher.create_subscription()
    with connect() as worker:
        start = take(watcher)
        worker.edit_config(target="candidate", config=CONFIG)
        worker.commit()
        change = take(watcher)
        seen["live"] = [name(start), name(change)]
        seen["edits"] = [[text(edit, "target"), text(edit, "operation")] for edit in change.findall(f"{{{EVENTS}}}edit")]
        seen["changed-by"] = text(change.find(f"{{{EVENTS}}}changed-by"), "session-id") == worker.session_id
        seen["same-session"] = text(start, "session-id") == worker.session_id
        seen["user"] = text(start, "username")
        seen["host"] = text(start, "source-host")
    end = take(watcher)
    seen["live"].append(name(end))
    seen["reason"] = text(end, "termination-reason")
    streams = watcher.get(("subtree", STREAMS)).data_ele
    seen["streams"] = [leaf.text for leaf in streams.iter("{*}name")]
    seen["replay-support"] = [leaf.text for leaf in streams.iter("{*}replaySupport")]
    try:
        watcher.create_subscription()
    except RPCError as refusal:
        seen["second"] = refusal.tag


def confirming(element):
    """What a notification says of a confirmed commit."""
    leaves = [text(element, leaf) for leaf in ("confirm-event", "timeout", "session-id", "username", "source-host")]
    return [name(element), *leaves]


def work(netconf, value):
    config = CONFIG.replace("watched", value)
    netconf.edit_config(target="candidate", config=config)
    return netconf


with connect() as watcher:
    watcher.create_subscription(
        filter=("subtree", f'<netconf-confirmed-commit xmlns="{EVENTS}"/>')
    )
    with connect() as worker:
        session = worker.session_id
        work(worker, "one").commit(confirmed=True, timeout="60")
        work(worker, "two").commit(confirmed=True, timeout="120")
        worker.commit()
        work(worker, "three").commit(confirmed=True, timeout="60", persist="token")
        worker.cancel_commit(persist_id="token")
        work(worker, "four").commit(confirmed=True, timeout="1")
        confirmed = [confirming(take(watcher)) for _ in range(7)]
        work(worker, "five").commit(confirmed=True, timeout="60")
    confirmed += [confirming(take(watcher)) for _ in range(2)]
    seen["confirmed"] = [
        [event, timeout] if who == [session, username, seen["host"]] else [event, timeout, *who]
        for kind, event, timeout, *who in confirmed
        if kind == "netconf-confirmed-commit"
    ]

with connect() as reader:
    wanted = f"/n:netconf-session-end[n:session-id={session}] | //n:confirm-event[.='timeout']"
    stop = (datetime.now(timezone.utc) + timedelta(seconds=1)).isoformat()
    reader.create_subscription(
        filter=("xpath", ({"n": EVENTS}, wanted)), start_time=begun, stop_time=stop
    )
    seen["xpath"] = [name(take(reader)) for _ in range(4)]
    try:
        reader.create_subscription(filter=("xpath", "/undeclared:x"))
    except RPCError as refusal:
        seen["bad-xpath"] = refusal.tag

with connect() as reader:
    stop = (datetime.now(timezone.utc) + timedelta(seconds=1)).isoformat()
    reader.create_subscription(
        filter=("subtree", f'<netconf-session-end xmlns="{EVENTS}"/>'), start_time=begun, stop_time=stop
    )
    seen["replay"] = [name(take(reader)) for _ in range(7)]
    # The session outlives its subscription, and may have another one.
    time.sleep(0.1)
    reader.create_subscription(stream_name="NETCONF")

print(json.dumps(seen))
