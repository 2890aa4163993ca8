"""Opens sessions for the scripts beside it: ncclient with a password, and nothing of the user's own."""

from ncclient import manager


def open_session(host, port, username, password, **more):
    """`more`: what else manager.connect() is to know."""
    settings = {"hostkey_verify": False, "look_for_keys": False, "allow_agent": False, "timeout": 30, **more}
    return manager.connect(host=host, port=int(port), username=username, password=password, **settings)
