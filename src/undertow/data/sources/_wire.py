"""How one asks over the network: with patience, and with one sentence when it does not work."""

from __future__ import annotations

import os
import time
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http.client import HTTPException, HTTPResponse, IncompleteRead
from typing import TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from undertow.core.errors import NoAnswer

Found = TypeVar("Found")

BUSY = (429, 503)


class Passing(Exception):
    """A fault that may be gone when asked again. what: as a clause;  wait_s: 0 if unknown."""

    def __init__(self, what: str, wait_s: float = 0.0) -> None:
        super().__init__(what)
        self.what, self.wait_s = what, wait_s


class Refused(Exception):
    """An answer that says no for good. code: of HTTP."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Wire:
    """Patience and addresses.

    at: address in place of the provider's own, such as a recording's; empty: its own
    tries: how often one question is asked;  timeout_s: without a byte
    pause_s: before asking again, twice as long each time, unless the provider says how long
    longest_s: no single wait is longer; a provider that wants more is refused
    """

    at: str = ""
    tries: int = 3
    timeout_s: float = 30.0
    pause_s: float = 1.0
    longest_s: float = 120.0
    sleep: Callable[[float], None] = time.sleep

    def get(self, who: str, address: str, parameters: Mapping[str, str]) -> bytes:
        """The body of an address with parameters."""
        return self._asked(who, f"{address}?{urlencode(parameters)}", "")

    def post(self, who: str, address: str, parameters: Mapping[str, str], user: str) -> bytes:
        """The body of an answer to a form, sent by a user without a password."""
        secret = f"Basic {b64encode(f'{user}:'.encode()).decode()}"
        return self._asked(who, address, secret, urlencode(parameters).encode())

    def _asked(self, who: str, address: str, secret: str, form: bytes | None = None) -> bytes:
        if not address.startswith(("http://", "https://")):
            # What is behind the question mark may hold a key.
            named = address.partition("?")[0]
            raise NoAnswer(f"{named!r} is no address of {who}; write it like https://HOST.")
        head = {"User-Agent": "undertow", "Accept": "*/*"}
        request = Request(address, data=form, headers=head)  # noqa: S310 - checked above
        if secret:
            # Not sent on to where the provider may redirect.
            request.add_unredirected_header("Authorization", secret)
        return self.patient(who, lambda: self._once(request))

    def patient(self, who: str, ask: Callable[[], Found]) -> Found:
        """What `ask` gives; asked again while it says Passing."""
        for turn in range(1, self.tries + 1):
            try:
                return ask()
            except Refused as error:
                raise NoAnswer(
                    f"{who} refuses the question (HTTP {error.code}); check the symbol and the key."
                ) from error
            except Passing as fault:
                wait = fault.wait_s or self.pause_s * 2.0 ** (turn - 1)
                if turn == self.tries or wait > self.longest_s:
                    raise NoAnswer(_given_up(who, fault, turn, wait)) from fault
            self.sleep(wait)
        raise NoAnswer(f"{who} was not asked, since tries is {self.tries}; let it be 1 or more.")

    def _once(self, request: Request) -> bytes:
        try:
            with urlopen(request, timeout=self.timeout_s) as reply:  # noqa: S310 - http only
                return _whole(reply)
        except HTTPError as error:
            with error:
                raise _status(error) from error
        except TimeoutError as error:
            raise Passing(f"says nothing within {self.timeout_s:g} s") from error
        except IncompleteRead as error:
            raise Passing("breaks off in the middle of its answer") from error
        except (URLError, HTTPException, OSError) as error:
            if isinstance(getattr(error, "reason", None), TimeoutError):
                raise Passing(f"says nothing within {self.timeout_s:g} s") from error
            raise Passing("cannot be reached") from error


def key(name: str, who: str, where: str) -> str:
    """A key from the environment; NoAnswer says where one gets it."""
    found = os.environ.get(name, "").strip()
    if not found:
        raise NoAnswer(f"{who} needs a key; get one at {where} and put it into {name}.")
    return found


def installed(name: str, extra: str) -> None:
    """NoAnswer with the line that installs a library, where it is absent."""
    from importlib.util import find_spec

    if find_spec(name) is None:
        raise NoAnswer(
            f"{extra} needs the library {name}, which is not installed;"
            f" pip install 'undertow[{extra}]'."
        )


def _whole(reply: HTTPResponse) -> bytes:
    body = reply.read()
    promised = reply.headers.get("Content-Length")
    if promised and promised.isdigit() and int(promised) > len(body):
        raise IncompleteRead(body)
    return body


def _status(error: HTTPError) -> Passing | Refused:
    if error.code in BUSY:
        return Passing("limits how often it is asked", _retry_after(error))
    return Passing(f"fails (HTTP {error.code})") if error.code >= 500 else Refused(error.code)


def _retry_after(error: HTTPError) -> float:
    """Seconds of Retry-After, which is a number or a date; 0 if it says nothing readable."""
    text = (error.headers.get("Retry-After") or "").strip()
    if text.isdigit():
        return float(text)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return 0.0
    until = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


def _given_up(who: str, fault: Passing, turn: int, wait: float) -> str:
    times = "once" if turn == 1 else f"{turn} times"
    later = f"in {wait:.0f} s or later" if fault.wait_s else "later"
    return f"{who} {fault.what}; it was asked {times}, so ask again {later}."
