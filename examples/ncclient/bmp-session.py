#!/usr/bin/python3
"""Puts a BMP session into service and waits until it is up; with --absent takes it out again.

  bmp-session.py alice@router1.example.net 2001:db8:1::1 --tcp-port 5000

The key is ssh's own choice (agent, ~/.ssh), or --key; the password, if it is needed, is BMPCONFD_PASSWORD of the
environment. The router is known by known_hosts, as `bmpconfd host-key` prints it.

Needs ncclient (Debian: apt install python3-ncclient).
"""
import argparse
import os
import sys
import time
from xml.sax.saxutils import escape

from ncclient import manager
from ncclient.operations import RPCError

BMP = "urn:bmpconfd:yang:bmp"
NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("router", metavar="USER@HOST")
    parser.add_argument("address", metavar="COLLECTOR", help="IP address of the collector")
    parser.add_argument("--port", type=int, default=830, help="NETCONF port of the router (default: 830)")
    parser.add_argument("--tcp-port", type=int, default=11019, help="port of the collector (default: 11019)")
    parser.add_argument("--key", help="file of the private key")
    parser.add_argument("--absent", action="store_true", help="take the session out of service")
    parser.add_argument("--wait", type=float, default=30, help="seconds until it must be up (default: 30)")
    given = parser.parse_args()
    given.user, at, given.host = given.router.rpartition("@")
    if not at:
        parser.error(f"{given.router} is not USER@HOST")
    return given


def keys(address):
    return f"<vpn-instance>_public_</vpn-instance><address>{escape(address)}</address>"


def change(given):
    """The <config> of the edit: `remove` is no error where there is nothing."""
    operation = "remove" if given.absent else "merge"
    port = "" if given.absent else f"<port>{given.tcp_port}</port>"
    return f"""
<config xmlns="{NETCONF}" xmlns:nc="{NETCONF}">
  <bmp xmlns="{BMP}">
    <bmp-session nc:operation="{operation}">{keys(given.address)}<alias/>{port}</bmp-session>
  </bmp>
</config>"""


def state_of(netconf, address):
    """What the session's state says; an empty <alias/> would select all aliases (RFC 6241 section 6.2)."""
    entry = f'<bmp xmlns="{BMP}"><bmp-session>{keys(address)}<alias/><state/></bmp-session></bmp>'
    sessions = netconf.get(filter=("subtree", entry)).data_ele.iter(f"{{{BMP}}}bmp-session")
    session = next(one for one in sessions if not one.findtext(f"{{{BMP}}}alias"))
    return {leaf.tag.rpartition("}")[2]: leaf.text for leaf in session.find(f"{{{BMP}}}state")}


def wait_until_up(netconf, given):
    deadline = time.monotonic() + given.wait
    while (state := state_of(netconf, given.address))["oper-state"] != "up":
        if time.monotonic() > deadline:
            reason = state.get("last-error", "no attempt has failed so far")
            sys.exit(f"{given.address} is {state['oper-state']} after {given.wait:g} s: {reason}")
        time.sleep(0.5)


def main():
    given = arguments()
    password = os.environ.get("BMPCONFD_PASSWORD")
    with manager.connect(
        host=given.host,
        port=given.port,
        username=given.user,
        password=password,
        key_filename=given.key,
        allow_agent=password is None,
        look_for_keys=password is None and given.key is None,
    ) as netconf:
        try:
            # Ends with unlock, which throws the edit away if the commit was refused.
            with netconf.locked("candidate"):
                netconf.edit_config(target="candidate", config=change(given), error_option="rollback-on-error")
                netconf.commit()
        except RPCError as error:
            sys.exit(f"{given.host} refuses: {error.message} ({error.tag})")
        if not given.absent:
            wait_until_up(netconf, given)
    print(f"{given.address} is {'absent' if given.absent else 'up'}")


main()
