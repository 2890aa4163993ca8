"""Reads by XPath: ncclient and the :xpath capability (RFC 6241 section 8.9)."""

import json
import sys

from ncclient.operations import RPCError
from nc_client import open_session

host, port, username, password = sys.argv[1:]

BMP = "urn:bmpconfd:yang:bmp"
NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"


def entry(address, port_number):
    keys = f"<vpn-instance>_public_</vpn-instance><address>{address}</address><alias/>"
    return f"<bmp-session>{keys}<port>{port_number}</port></bmp-session>"


def xpath(select):
    return ("xpath", ({"b": BMP}, select))


def texts(data):
    return [[element.tag.split("}")[1], element.text] for element in data.iter() if element.text and not len(element)]


def tag_of(call):
    try:
        call()
    except RPCError as error:
        return error.tag
    return None


with open_session(host, port, username, password) as session:
    seen = {"capability": [uri for uri in session.server_capabilities if ":xpath:" in uri]}
    bmp = f'<bmp xmlns="{BMP}">{entry("2001:db8::1", 5001)}{entry("2001:db8::2", 5002)}</bmp>'
    session.edit_config(target="candidate", config=f'<nc:config xmlns:nc="{NETCONF}">{bmp}</nc:config>')
    session.commit()
    second = "/b:bmp/b:bmp-session[b:port=5002]"
    seen["get-config"] = texts(session.get_config("running", filter=xpath(f"{second}/b:port")).data_ele)
    state = session.get(filter=xpath("//b:bmp-session[b:state/b:connections >= 0]/b:state/b:connections")).data_ele
    seen["get"] = texts(state)
    seen["number"] = tag_of(lambda: session.get(filter=xpath("count(//b:port)")))
    seen["syntax"] = tag_of(lambda: session.get(filter=xpath("//b:port[")))
    seen["costly"] = tag_of(lambda: session.get(filter=xpath("//*[//*[//*[//*[//* != //*]]]]")))
    seen["afterwards"] = len(session.get_config("running", filter=xpath("//b:port")).data_ele.findall(f".//{{{BMP}}}port"))
    print(json.dumps(seen))
