"""Where the daemon's socket is."""

import os
from typing import Optional, Union

from ._errors import Code, own_error
from ._limits import SOCKET_NAME_BYTES


def parse_endpoint(given: str) -> Union[str, bytes]:
    """The address of `unix:///run/x.sock`, `unix:relative.sock`, `unix-abstract:name` or a plain path."""
    for prefix in ("unix-abstract:", "unix://", "unix:"):
        if given.startswith(prefix):
            name = given[len(prefix):]
            break
    else:
        prefix, name = "", given
        if "://" in given:
            raise own_error(
                Code.INVALID_ARGUMENT,
                f"endpoint `{given}` is not a Unix socket; write unix:///path, unix:path or unix-abstract:name")
    size = len(os.fsencode(name))
    if size == 0:
        raise own_error(
            Code.INVALID_ARGUMENT, f"endpoint `{given}` names no socket; write unix:///path/to/socket")
    if size > SOCKET_NAME_BYTES:
        raise own_error(
            Code.INVALID_ARGUMENT,
            f"socket path `{name}` has {size} bytes and a socket's address holds {SOCKET_NAME_BYTES}; "
            "choose a shorter one")
    if "\0" in name:
        raise own_error(Code.INVALID_ARGUMENT, "an endpoint holds a zero byte; leave it out")
    return b"\0" + os.fsencode(name) if prefix == "unix-abstract:" else name


def standard_endpoint(given: Optional[str]) -> str:
    """What was given, else what SMARTFLOW_ENDPOINT says, else the standard path."""
    if given is not None:
        return given
    said = os.environ.get("SMARTFLOW_ENDPOINT")
    if said:
        return said
    if os.geteuid() == 0:
        return "unix:///run/smartflow/smartflow.sock"
    folder = os.environ.get("XDG_RUNTIME_DIR")
    if folder:
        return f"unix://{folder}/smartflow.sock"
    raise own_error(Code.INVALID_ARGUMENT, "no endpoint is known: give one, or set SMARTFLOW_ENDPOINT")
