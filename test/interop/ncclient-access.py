"""Rules of access control (RFC 8341), configured and met over NETCONF by two users: ncclient."""

import json
import sys

from ncclient.operations import RPCError
from nc_client import open_session

host, port, admin_name, admin_password, clerk_name, clerk_password = sys.argv[1:]

ACM = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm"
BMP = "urn:bmpconfd:yang:bmp"
NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"


def connect(username, password):
    return open_session(host, port, username, password)


def edit(session, content):
    config = f'<nc:config xmlns:nc="{NETCONF}">{content}</nc:config>'
    session.edit_config(target="candidate", config=config)


def sessions(**ports):
    """Sessions 2001:db8::1 and so on, by number."""
    keys = "<vpn-instance>_public_</vpn-instance><address>2001:db8::{}</address><alias/>"
    some = "".join(
        f"<bmp-session>{keys.format(name[1:])}<port>{port}</port></bmp-session>" for name, port in ports.items()
    )
    return f'<bmp xmlns="{BMP}">{some}</bmp>'


def rule(name, target, operations, action):
    return (
        f'<rule><name>{name}</name>{target}<access-operations>{operations}</access-operations>'
        f"<action>{action}</action></rule>"
    )


def path(text):
    return f'<path xmlns:b="{BMP}">{text}</path>'


def rules(*some):
    group = f"<groups><group><name>clerks</name><user-name>{clerk_name}</user-name></group></groups>"
    listed = f'<rule-list><name>clerks</name><group>clerks</group>{"".join(some)}</rule-list>'
    return f'<nacm xmlns="{ACM}">{group}{listed}</nacm>'


def refusal(call):
    try:
        call()
    except RPCError as error:
        return [error.tag, error.message, error.path]
    return None


def addresses(session):
    return [found.text for found in session.get_config("running").data_ele.iter(f"{{{BMP}}}address")]


def ports(session):
    return [found.text for found in session.get_config("running").data_ele.iter(f"{{{BMP}}}port")]


def counters(session):
    nacm = session.get(filter=("subtree", f'<nacm xmlns="{ACM}"/>')).data_ele.find(f"{{{ACM}}}nacm")
    if nacm is None:
        return None
    return {name: nacm.findtext(f"{{{ACM}}}{name}") for name in ("denied-operations", "denied-data-writes")}


with connect(admin_name, admin_password) as admin, connect(clerk_name, clerk_password) as clerk:
    edit(admin, sessions(s1=5000, s2=5001))
    admin.commit()
    seen = {"without-rules": refusal(lambda: edit(clerk, sessions(s1=6000)))}
    own = "/b:bmp/b:bmp-session[b:vpn-instance='_public_'][b:address='2001:db8::1'][b:alias='']"
    edit(
        admin,
        rules(
            rule("own", path(own), "*", "permit"),
            rule("secret", path("/b:bmp/b:bmp-session"), "read", "deny"),
            rule("no-lock", "<rpc-name>lock</rpc-name>", "exec", "deny"),
        ),
    )
    seen["before-commit"] = refusal(lambda: edit(clerk, sessions(s1=6000)))
    admin.commit()
    edit(clerk, sessions(s1=6000))
    seen["other"] = refusal(lambda: edit(clerk, sessions(s2=6001)))
    clerk.commit()
    seen["lock"] = refusal(lambda: clerk.lock("running"))
    seen["kill"] = refusal(lambda: clerk.kill_session(admin.session_id))
    seen["clerk-reads"] = [addresses(clerk), ports(clerk), counters(clerk)]
    seen["admin-reads"] = [addresses(admin), ports(admin), counters(admin)]
    edit(admin, f'<nacm xmlns="{ACM}"><enable-nacm>false</enable-nacm></nacm>')
    admin.commit()
    seen["disabled"] = refusal(lambda: edit(clerk, sessions(s2=6001)))
    print(json.dumps(seen))
