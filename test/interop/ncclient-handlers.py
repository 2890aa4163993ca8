"""One BMP session created, read and deleted with each of ncclient's device handlers that talk NETCONF, all at once.

They differ in the capabilities they announce, the prefixes they write, and what they do with a reply.
Prints one JSON object with what each of them saw.
"""

import json
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor

from lxml import etree
from ncclient.operations import RPCError
from ncclient.xml_ import to_ele
from nc_client import open_session

host, port, username, password, *devices = sys.argv[1:]

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
BMP = "urn:bmpconfd:yang:bmp"


def text_of(reply):
    """Handlers return replies, elements or text."""
    found = getattr(reply, "xml", None) or getattr(reply, "data_xml", None) or getattr(reply, "tostring", None) or reply
    return found.decode() if isinstance(found, bytes) else str(found)


def found(reply, address):
    document = etree.fromstring(text_of(reply).encode())
    return [leaf.text for leaf in document.xpath("//*[local-name()='address']")] == [address]


def dialogue(device, address):
    keys = f"<vpn-instance>_public_</vpn-instance><address>{address}</address><alias/>"

    def config(operation):
        session = f'<bmp-session nc:operation="{operation}">{keys}<enabled>false</enabled></bmp-session>'
        return f'<nc:config xmlns:nc="{NETCONF}"><bmp xmlns="{BMP}">{session}</bmp></nc:config>'

    one = ("subtree", f'<bmp xmlns="{BMP}"><bmp-session><address>{address}</address></bmp-session></bmp>')
    with open_session(host, port, username, password, timeout=60, device_params={"name": device}) as session:
        session.edit_config(target="running", config=config("create"))
        seen = {"found": [found(reply, address) for reply in (session.get_config("running", one), session.get(one))]}
        try:
            session.edit_config(target="running", config=config("create"))
        except RPCError as error:
            seen["created twice"] = error.tag
        # As text it would lack a namespace, which Juniper's servers let pass.
        session.rpc(to_ele(f'<validate xmlns="{NETCONF}"><source><running/></source></validate>'))
        session.edit_config(target="running", config=config("delete"))
        seen["found after its deletion"] = found(session.get_config("running", filter=one), address)
    return seen


warnings.simplefilter("ignore")
with ThreadPoolExecutor(len(devices)) as pool:
    seen = pool.map(dialogue, devices, (f"192.0.2.{index + 1}" for index in range(len(devices))))
    print(json.dumps(dict(zip(devices, seen))))
