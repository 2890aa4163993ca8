"""Logs in with a password, reads running, edits /system, and prints what came of it: python3 ncclient-login.py HOST PORT USER PASSWORD."""

import json
import sys

from ncclient.operations import RPCError
from ncclient.transport.errors import AuthenticationError
from nc_client import open_session

HOST, PORT, USER, PASSWORD = sys.argv[1], int(sys.argv[2]), sys.argv[3], sys.argv[4]
SYSTEM = '<system xmlns="urn:ietf:params:xml:ns:yang:ietf-system"><contact>noc</contact></system>'
EDIT = f'<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0">{SYSTEM}</config>'


def attempt():
    try:
        session = open_session(HOST, PORT, USER, PASSWORD)
    except AuthenticationError:
        return {"login": "refused"}
    with session:
        running = session.get_config("running").data_xml
        outcome = {"login": "ok", "read": "<system " in running, "hashes": "<password>" in running}
        try:
            session.edit_config(target="candidate", config=EDIT)
            session.commit()
            outcome["edit"] = "ok"
        except RPCError as error:
            outcome["edit"] = f"{error.tag}: {error.message}"
        return outcome


print(json.dumps(attempt()))
