"""The address that the server listens on, taken before anything slow happens."""

import errno
import os
import socket

from sdgui.errors import UserError
from sdgui.settings import Settings


def listen(settings: Settings) -> socket.socket:
    """A listening socket on the host and port of the settings; UserError when they cannot be had.

    Browsers that come before the server is ready wait in the socket's queue instead of being turned away.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
    except OSError as error:
        raise UserError(
            f"There is no address called {settings.host}.", "Use 127.0.0.1, or leave --host out."
        ) from error
    sock = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it would let two programs have the same port
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(address)
        sock.listen(128)
    except OSError as error:
        sock.close()
        raise _fault(settings, error) from error
    return sock


def _fault(settings: Settings, error: OSError) -> UserError:
    if error.errno == errno.EADDRINUSE:
        return UserError(
            f"Port {settings.port} is already in use.",
            f"Is sdgui running already? Otherwise add --port {settings.port % 65535 + 1}.",
        )
    if error.errno == errno.EACCES:
        return UserError(
            f"Port {settings.port} is reserved for the system.",
            "Choose one above 1023 with --port.",
        )
    return UserError(
        f"This machine cannot listen on {settings.host}.", "Use 127.0.0.1, or leave --host out."
    )
