"""Every operation of ncclient's manager that the server has, as each kind of caller writes it.

Prints one JSON object with what came back, by operation.
"""

import json
import sys

from lxml import etree
from ncclient import NCClientError
from ncclient.operations import RaiseMode, RPCError
from ncclient.xml_ import new_ele, sub_ele, to_ele
from nc_client import open_session

host, port, username, password, device = sys.argv[1:]

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"
BMP = "urn:bmpconfd:yang:bmp"
A, B, C = "192.0.2.11", "192.0.2.12", "2001:db8::13"
# Not of the family of A.
WRONG = "<source-address>::1</source-address>"
seen = {}


def connect():
    return open_session(host, port, username, password, device_params={"name": device})


def entry(address, more="", operation=None):
    attribute = "" if operation is None else f' nc:operation="{operation}"'
    keys = f"<vpn-instance>_public_</vpn-instance><address>{address}</address><alias/>"
    return f"<bmp-session{attribute}>{keys}<enabled>false</enabled>{more}</bmp-session>"


def bmp(content):
    return f'<bmp xmlns="{BMP}">{content}</bmp>'


def config(content, name="nc:config"):
    return f'<{name} xmlns:nc="{NETCONF}">{bmp(content)}</{name}>'


def of(reply, name="address"):
    """The values of the leaf, in an order of their own."""
    return sorted(leaf.text for leaf in etree.fromstring(reply.xml.encode()).iter(f"{{{BMP}}}{name}"))


def addresses(session, source):
    return of(session.get_config(source))


def refused(call, *names):
    """What the caller is told: the error's tag and whatever else is asked for; or how ncclient itself refuses."""
    try:
        call()
    except RPCError as error:
        return " ".join([error.tag, *(str(getattr(error, name)) for name in names)])
    except NCClientError as error:
        return type(error).__name__
    return None


def edit_config(session):
    """edit_config: text and elements as <config>, with a prefix, with the default namespace, with none."""
    session.edit_config(config(entry(A)))
    session.edit_config(to_ele(config(entry(B))), format="xml", target="candidate", default_operation="merge")
    default = f'<config xmlns="{NETCONF}">{bmp(entry(C).replace("nc:", ""))}</config>'
    session.edit_config(config=default, test_option="set", error_option="stop-on-error")
    session.edit_config(config(entry(C, "<port>1790</port>"), "config"), error_option="continue-on-error")
    seen["edited"] = addresses(session, "candidate")
    seen["edited port"] = of(session.get_config("candidate"), "port")
    session.edit_config(config(entry(C, operation="remove")), default_operation="none", test_option="test-then-set")
    session.edit_config(config(entry(C, operation="remove")), error_option="rollback-on-error")
    seen["removed"] = addresses(session, "candidate")
    session.edit_config(config(entry(C)), target="running", test_option="test-only")
    seen["tested only"] = addresses(session, "running")
    seen["created twice"] = refused(lambda: session.edit_config(config(entry(A, operation="create"))), "path")
    session.edit_config(config(entry(B)), default_operation="replace")
    seen["replaced"] = addresses(session, "candidate")
    session.discard_changes()
    seen["discarded"] = addresses(session, "candidate")


def commit(session):
    """lock, locked, validate, commit."""
    with session.locked("candidate"), session.locked("running"):
        session.edit_config(config(entry(A, "<description>one</description>") + entry(C)))
        session.validate()
        session.validate("running")
        session.commit()
        with connect() as other:
            denied = refused(lambda: other.lock("candidate"), "severity", "type", "info")
            seen["locked by another"] = [denied.split()[:3], f"<session-id>{session.session_id}</session-id>" in denied]
            seen["edit past the lock"] = refused(lambda: other.edit_config(config(entry(B))))
    session.lock()
    seen["locked twice"] = refused(lambda: session.lock("candidate"))
    session.unlock()
    seen["unlocked twice"] = refused(lambda: session.unlock("candidate"))
    seen["committed"] = addresses(session, "running")


def filters(session):
    """get and get_config: every form of a subtree filter."""
    one = bmp(f"<bmp-session><address>{A}</address></bmp-session>")
    other = bmp(f"<bmp-session><address>{C}</address></bmp-session>")
    nowhere = '<nothing xmlns="urn:example:nothing"/>'
    descriptions = ("subtree", bmp("<bmp-session><description/></bmp-session>"))
    seen["filters"] = {
        "pair": of(session.get_config("running", filter=("subtree", one))),
        "pair with an element": of(session.get_config("running", ("subtree", to_ele(one)))),
        "list": of(session.get_config("running", filter=[one, other])),
        "list of nothing": of(session.get_config("running", filter=[])),
        "element": of(session.get(to_ele(f'<filter xmlns="{NETCONF}" type="subtree">{one}</filter>'))),
        "text with a prefix": of(session.get(f'<nc:filter xmlns:nc="{NETCONF}" type="subtree">{one}</nc:filter>')),
        "text without a namespace": of(session.get(f'<filter type="subtree">{one}</filter>')),
        "text without a type": of(session.get_config("candidate", filter=f"<filter>{one}</filter>")),
        "elsewhere": of(session.get(("subtree", nowhere))),
        "a leaf of all": of(session.get_config("running", filter=descriptions), "description"),
        "state": of(session.get(("subtree", one)), "oper-state"),
    }
    reply = session.get_config("running", filter=("subtree", one))
    seen["data_ele"] = [leaf.text for leaf in reply.data_ele.iter(f"{{{BMP}}}address")]
    seen["data_xml"] = [etree.fromstring(reply.data_xml.encode()).tag, reply.ok, reply.error, reply.errors]


def copies(session):
    """copy_config, validate and delete_config."""
    seen["startup at first"] = addresses(session, "startup")
    session.copy_config(source="running", target="startup")
    seen["startup"] = addresses(session, "startup")
    inline = f"<config>{bmp(entry(B))}</config>"
    session.copy_config(source=f'<source xmlns="{NETCONF}">{inline}</source>', target="candidate")
    seen["copied inline"] = addresses(session, "candidate")
    session.copy_config(source=f"<source>{inline}</source>", target="startup")
    seen["copied without a namespace"] = addresses(session, "startup")
    session.copy_config("startup", "running")
    seen["running from startup"] = addresses(session, "running")
    session.validate(to_ele(f'<config xmlns="{NETCONF}">{bmp(entry(A))}</config>'))
    session.validate(to_ele(f"<config>{bmp(entry(A))}</config>"))
    wrong = to_ele(f"<config>{bmp(entry(A, WRONG))}</config>")
    seen["invalid"] = refused(lambda: session.validate(wrong), "app_tag", "path")
    session.delete_config("startup")
    seen["deleted"] = addresses(session, "startup")
    seen["running cannot be deleted"] = refused(lambda: session.delete_config("running"))


def raw(session):
    """dispatch, rpc, and an operation by its mere name."""
    seen["dispatch by name"] = session.dispatch("discard-changes").ok
    element = new_ele("get-config")
    sub_ele(sub_ele(element, "source"), "running")
    seen["dispatch of an element"] = of(session.dispatch(element))
    one = ("subtree", bmp(f"<bmp-session><address>{B}</address></bmp-session>"))
    seen["dispatch with parameters"] = of(session.dispatch("get-config", source="running", filter=one))
    seen["dispatch of an unknown one"] = refused(lambda: session.dispatch("get-arp-table"), "type")
    seen["rpc by name"] = session.rpc("validate", source="candidate").ok
    seen["rpc with a config"] = session.rpc("edit-config", target="candidate", config=config(entry(A))).ok
    session.discard_changes()
    seen["a method of no name"] = refused(lambda: session.get_system_information(), "type")
    command = new_ele("cmd")
    if device == "huawei":
        seen["cli"] = refused(lambda: session.cli(command), "message")
        seen["action"] = refused(lambda: session.action(command), "message")


def failures(session):
    """Each raise_mode, an error with all its fields, several errors at once."""
    bad = config(entry(A, "<port>no</port>", "create"))
    session.raise_mode = RaiseMode.NONE
    reply = session.edit_config(bad)
    seen["RaiseMode.NONE"] = [reply.ok, reply.error.tag, reply.error.severity, len(reply.errors)]
    for name in ("ERRORS", "ALL"):
        session.raise_mode = getattr(RaiseMode, name)
        seen[f"RaiseMode.{name}"] = refused(lambda: session.edit_config(bad), "type", "severity", "path", "message")
    retry = "<connect-retry><initial>9</initial><maximum>1</maximum></connect-retry>"
    session.edit_config(config(entry(A, WRONG) + entry(B, retry)))
    try:
        session.commit()
    except RPCError as error:
        seen["several"] = [f"{one.tag} {one.app_tag} {one.path}" for one in error.errors]
        seen["several at once"] = str(error)
    session.discard_changes()


def asynchronous(session):
    """Requests without waiting for the replies: they come in order."""
    session.async_mode = True
    requests = [session.get_config("running") for _ in range(20)]
    failing = session.edit_config(config(entry(B, operation="create")))
    last = session.get(("subtree", bmp("")))
    for request in [*requests, failing, last]:
        request.event.wait(30)
    session.async_mode = False
    replies = {str(of(request.reply)) for request in requests}
    seen["asynchronous"] = [len(requests), len(replies), failing.reply.error.tag, last.reply.ok]


def sessions(session):
    """kill_session and close_session."""
    other = connect()
    other.lock("startup")
    session.kill_session(other.session_id)
    session.lock("startup")
    session.unlock("startup")
    seen["killed"] = refused(lambda: other.get_config("running"))
    seen["killed nobody"] = refused(lambda: session.kill_session("4000000000"), "path")
    seen["killed itself"] = refused(lambda: session.kill_session(session.session_id))
    seen["closed"] = session.close_session().ok
    seen["connected"] = session.connected


session = connect()
announced = session.server_capabilities
expected = (":candidate", ":startup", ":validate:1.1", ":writable-running", ":rollback-on-error")
seen["not announced"] = [name for name in expected if name not in announced]
for part in (edit_config, commit, filters, copies, raw, failures, asynchronous, sessions):
    part(session)
print(json.dumps(seen))
