"""Why an exchange gave no complete answer."""

# EgressError
# ├── BadUrl             not a URL that we ask: scheme, port, user name or spelling
# ├── AddressRefused     its host is, or resolves to, an address that is not public
# ├── Saturated          no turn within `PATIENCE`: we are busy, the provider is not to blame
# ├── ConnectFailed      no such name, no connection, no TLS
# ├── DeadlineExceeded   no complete answer within the deadline
# ├── Interrupted        the connection broke, or what came was not HTTP
# ├── TooManyRedirects
# └── TooLarge           more than `MAX_BYTES` after decompression


class EgressError(Exception):
    """An exchange without a complete answer. `sent`: whether the request may have reached the provider."""

    def __init__(self, message: str, *, host: str = "", sent: bool = False) -> None:
        super().__init__(f"{host}: {message}" if host else message)
        self.host = host
        self.sent = sent


class BadUrl(EgressError):
    pass


class AddressRefused(EgressError):
    pass


class Saturated(EgressError):
    pass


class ConnectFailed(EgressError):
    pass


class DeadlineExceeded(EgressError):
    pass


class Interrupted(EgressError):
    pass


class TooManyRedirects(EgressError):
    pass


class TooLarge(EgressError):
    pass
