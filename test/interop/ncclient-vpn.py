"""Puts BGP neighbours into VPN instances, which are network namespaces: ncclient."""

import json
import sys

from nc_client import attempt, open_session

host, port, username, password, namespace, neighbour = sys.argv[1:]

VPN = "urn:bmpconfd:yang:vpn-instance"
BGP = "urn:bmpconfd:yang:bgp"


def instance(name, content):
    return f'<vpn-instances xmlns="{VPN}"><vpn-instance><name>{name}</name>{content}</vpn-instance></vpn-instances>'


def within(name, distinguisher):
    leaf = f"<route-distinguisher>{distinguisher}</route-distinguisher>"
    return instance(name, f"{leaf}<network-namespace>{namespace}</network-namespace>")


def bgp(content):
    return f'<bgp xmlns="{BGP}"><local-as>65001</local-as><router-id>10.255.0.1</router-id>{content}</bgp>'


def member(name):
    keys = f"<address>{neighbour}</address><vpn-instance>{name}</vpn-instance>"
    return bgp(f"<neighbor>{keys}<remote-as>65004</remote-as><enabled>false</enabled></neighbor>")


with open_session(host, port, username, password) as netconf:

    seen = {
        "no-distinguisher": attempt(netconf, within("blue", "65000")),
        "too-large": attempt(netconf, within("blue", "70000:65536")),
        "no-namespace": attempt(netconf, instance("blue", "<network-namespace>no-such-namespace</network-namespace>")),
        "no-instance": attempt(netconf, member("blue")),
        "commit": attempt(netconf, within("blue", "70000:65535") + member("blue")),
        "same-distinguisher": attempt(netconf, within("green", "70000:65535")),
    }
    config = netconf.get_config(source="running", filter=("subtree", f'<bgp xmlns="{BGP}"><neighbor/></bgp>')).data_ele
    seen["running"] = [leaf.text for leaf in config.iter(f"{{{BGP}}}vpn-instance")]
    print(json.dumps(seen))
