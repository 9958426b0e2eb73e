"""What the API answers when it does not do what was asked, as Consul words it."""


class ApiError(Exception):
    """An answer with a status and a plain text that is meant for people."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class NotOffered(ApiError):
    """Consul can do this, the registry for one machine does not."""

    def __init__(self, what: str) -> None:
        super().__init__(
            501,
            f"{what} not offered by the registry that innkeeper brings along;"
            " set CONSUL_HTTP_ADDR to use a real Consul",
        )


def unknown_service(service_id: str) -> ApiError:
    return ApiError(
        404,
        f'Unknown service ID "{service_id}". '
        "Ensure that the service ID is passed, not the service name.",
    )


def unknown_check(check_id: str) -> ApiError:
    return ApiError(
        404,
        f'Unknown check ID "{check_id}". Ensure that the check ID is passed, not the check name.',
    )
