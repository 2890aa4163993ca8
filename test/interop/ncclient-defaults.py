"""Reads defaults in each way there is, and sends them back: ncclient and RFC 6243."""

import json
import sys

from lxml import etree
from ncclient.operations import RPCError
from nc_client import open_session

host, port, username, password = sys.argv[1:]

BMP = "urn:bmpconfd:yang:bmp"
NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
TAG = "{urn:ietf:params:xml:ns:netconf:default:1.0}default"
SESSION = "<vpn-instance>_public_</vpn-instance><address>2001:db8::1</address><alias/>"
PORTS = ("subtree", f'<bmp xmlns="{BMP}"><bmp-session><port/></bmp-session></bmp>')


def ports(data):
    return [[element.text, element.get(TAG)] for element in data.findall(f".//{{{BMP}}}port")]


def edit(session, inside):
    bmp = f'<bmp xmlns="{BMP}"><bmp-session>{SESSION}{inside}</bmp-session></bmp>'
    session.edit_config(target="candidate", config=f'<nc:config xmlns:nc="{NETCONF}">{bmp}</nc:config>')
    session.commit()


def tag_of(call):
    try:
        call()
    except RPCError as error:
        return error.tag
    return None


with open_session(host, port, username, password) as session:
    seen = {"capability": [uri for uri in session.server_capabilities if ":with-defaults:" in uri]}
    edit(session, "")
    for mode in ("explicit", "trim", "report-all", "report-all-tagged"):
        seen[mode] = ports(session.get_config("running", filter=PORTS, with_defaults=mode).data_ele)
    seen["get"] = ports(session.get(filter=PORTS, with_defaults="report-all-tagged").data_ele)
    edit(session, "<port>5000</port>")
    seen["set"] = ports(session.get_config("running", filter=PORTS, with_defaults="report-all-tagged").data_ele)
    tagged = '<port xmlns:wd="urn:ietf:params:xml:ns:netconf:default:1.0" wd:default="true">{}</port>'
    seen["wrong"] = tag_of(lambda: edit(session, tagged.format(11018)))
    default = seen["report-all"][0][0]
    edit(session, tagged.format(default))
    seen["unset"] = ports(session.get_config("running", filter=PORTS).data_ele)
    copy = (
        f'<copy-config xmlns="{NETCONF}"><target><startup/></target><source><running/></source><with-defaults '
        'xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-with-defaults">report-all</with-defaults></copy-config>'
    )
    session.dispatch(etree.fromstring(copy))
    seen["copied"] = ports(session.get_config("startup", filter=PORTS).data_ele)
    print(json.dumps(seen))
