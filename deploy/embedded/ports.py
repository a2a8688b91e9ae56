import random
import socket
from collections.abc import Iterable

from deploy.embedded.errors import StackError

# Below the ports that Linux gives to outgoing connections, which could take one of ours between two starts.
_RANGE = range(20_000, 32_000)


def free_ports(names: Iterable[str]) -> dict[str, int]:
    """Return a free loopback port for each name."""
    candidates = iter(random.sample(_RANGE, len(_RANGE)))
    return {name: next(port for port in candidates if is_free(port)) for name in names}


def free_port() -> int:
    """Return one."""
    (port,) = free_ports(["only"]).values()
    return port


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        # As servers do: a port whose last connections are only waiting to be forgotten is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            # At every address: some servers listen on all of them, and one that another program has is not theirs.
            probe.bind(("", port))
        except OSError:
            return False
    return True


def check_port_free(name: str, port: int) -> None:
    if not is_free(port):
        raise StackError(f"port {port} of {name} is used by another program: end it, or start with another --state-dir")
