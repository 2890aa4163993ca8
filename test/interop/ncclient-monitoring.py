"""What a client can learn of the server with ncclient: its state, its library, and every schema, written to files.

Prints one JSON object with what the server answered; any other refusal ends the script with a traceback.
"""

import json
import sys
from pathlib import Path

from lxml import etree
from ncclient.operations import RPCError
from nc_client import open_session

host, port, username, password, folder = sys.argv[1:]

NCM = "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring"
LIBRARY = "urn:ietf:params:xml:ns:yang:ietf-yang-library"
STATE = f'<netconf-state xmlns="{NCM}"/>'
MODULES = f'<yang-library xmlns="{LIBRARY}"/>', f'<modules-state xmlns="{LIBRARY}"/>'


def texts(reply, namespace, path):
    steps = "/".join(f"{{{namespace}}}{step}" for step in path.split("/"))
    return [element.text for element in reply.data_ele.findall(f".//{steps}")]


def save(name, text):
    path = Path(folder, name)
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)


def save_schema(session, identifier, version, schema_format):
    reply = session.get_schema(identifier, version=version, format=schema_format)
    data = reply._root.find(f"{{{NCM}}}data")
    text = reply.data if schema_format == "yang" else etree.tostring(data[0], encoding="unicode")
    revision = f"@{version}" if version else ""
    save(f"{schema_format}/{identifier}{revision}.{schema_format}", text)
    return f"{identifier}{revision}.{schema_format}"


def refusal(session, *args, **kwargs):
    try:
        session.get_schema(*args, **kwargs)
    except RPCError as error:
        return error.tag
    return None


with open_session(host, port, username, password) as session:
    with session.locked("candidate"):
        state = session.get(("subtree", STATE))
    library = session.get(("subtree", MODULES[0]))
    legacy = session.get(("subtree", MODULES[1]))
    schemas = zip(
        texts(state, NCM, "schema/identifier"),
        texts(state, NCM, "schema/version"),
        texts(state, NCM, "schema/format"),
    )
    seen = {
        "capabilities": list(session.server_capabilities),
        "state-capabilities": texts(state, NCM, "capability"),
        "session-id": session.session_id,
        "sessions": texts(state, NCM, "session/session-id"),
        "username": texts(state, NCM, "session/username"),
        "source-host": texts(state, NCM, "session/source-host"),
        "locked-by": texts(state, NCM, "locked-by-session"),
        # The lock and the request itself.
        "in-rpcs": texts(state, NCM, "session/in-rpcs"),
        "content-id": texts(library, LIBRARY, "content-id"),
        "module-set-id": texts(legacy, LIBRARY, "module-set-id"),
        "files": [save_schema(session, name, version or "", form) for name, version, form in schemas],
        "unknown": refusal(session, "no-such-module"),
        "default-is-yang": session.get_schema("kiosk").data == Path(folder, "yang/kiosk.yang").read_text(),
    }
    for name, reply in ("state", state), ("library", library), ("legacy", legacy):
        save(f"{name}.xml", etree.tostring(reply.data_ele[0], encoding="unicode"))

print(json.dumps(seen))
