"""Orders entries: ncclient and the insert attribute (RFC 7950 sections 7.7.9 and 7.8.6)."""

import json
import re
import sys

from ncclient.operations import RPCError
from nc_client import open_session

host, port, username, password = sys.argv[1:]

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"


def edit(session, inside):
    orders = f'<orders xmlns="urn:orders" xmlns:y="urn:ietf:params:xml:ns:yang:1" xmlns:x="urn:orders">{inside}</orders>'
    session.edit_config(target="candidate", config=f'<nc:config xmlns:nc="{NETCONF}">{orders}</nc:config>')
    session.commit()


def item(number, attributes=""):
    return f"<item {attributes}><id>{number}</id></item>"


def order(session):
    return re.findall(r"<(?:id|note)>(\w+)<", session.get_config("running").data_xml)


with open_session(host, port, username, password) as session:
    seen = {}
    edit(session, item(1) + item(2) + "<note>a</note><note>b</note>")
    edit(session, item(3, """y:insert="before" y:key="[x:id='2']" """))
    edit(session, item(1, """y:insert="after" y:key="[x:id='2']" """) + '<note y:insert="before" y:value="a">c</note>')
    seen["order"] = order(session)
    try:
        edit(session, item(4, """y:insert="after" y:key="[x:id='9']" """))
    except RPCError as error:
        seen["missing"] = [error.tag, error.app_tag]
    print(json.dumps(seen))
