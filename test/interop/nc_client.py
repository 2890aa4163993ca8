"""What the scripts beside it have in common: ncclient with a password, and nothing of the user's own."""

from ncclient import manager
from ncclient.operations import RPCError

NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0"


def open_session(host, port, username, password, **more):
    """`more`: what else manager.connect() is to know."""
    settings = {"hostkey_verify": False, "look_for_keys": False, "allow_agent": False, "timeout": 30, **more}
    return manager.connect(host=host, port=int(port), username=username, password=password, **settings)


def attempt(netconf, content):
    """Commits a change; gives why it was refused, and takes it back then."""
    try:
        netconf.edit_config(target="candidate", config=f'<config xmlns="{NETCONF}">{content}</config>')
        netconf.commit()
        return "committed"
    except RPCError as error:
        netconf.discard_changes()
        return [error.tag, error.app_tag, error.path]
