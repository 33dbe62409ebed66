"""An e-mail as a mail server receives it: the same bytes for the same message.

Written by hand after RFC 5322 and RFC 2045: its parts are always the same few, and the classes of
the standard library take ten times as long, which is most of what a message costs.
"""

import base64
import binascii
import re
from email.utils import encode_rfc2231, format_datetime, formataddr, parseaddr

from app.gateways.messages import Attachment, Email
from app.gateways.parcels import Parcel

_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9._-]{1,60}")
CRLF = "\r\n"
LONGEST_PLAIN = 60
LONGEST_PIECE = 42
"""Bytes: 56 letters once encoded, 68 with what surrounds them; a line has 76 at most."""


def write_mail(parcel: Parcel, email: Email, sender: str) -> bytes:
    """The whole e-mail: text, the same words with a layout, and the files that go with it.

    `Auto-Submitted` asks other machines not to answer (RFC 3834). The calendar file has no METHOD:
    it informs, it invites nobody. Nothing in it tells us who read it.
    """
    body = _text("plain", email.text)
    if email.html:
        texts = [body, _text("html", email.html)]
        body = _parts("alternative", f"=={parcel.name}=text==", texts)
    if email.attachments:
        files = [_file(attachment) for attachment in email.attachments]
        body = _parts("mixed", f"=={parcel.name}==", [body, *files])
    return f"{_headers(parcel, email, sender)}MIME-Version: 1.0{CRLF}{body}".encode()


def _headers(parcel: Parcel, email: Email, sender: str) -> str:
    """In ASCII, except an address that is not (RFC 6532)."""
    headers = {
        "From": formataddr(parseaddr(_one_line(sender)), "utf-8"),
        "To": _one_line(parcel.to),
        "Reply-To": _one_line(parcel.reply_to),
        "Subject": _encoded(_one_line(email.subject)),
        "Date": format_datetime(parcel.at),
        "Message-ID": _one_line(parcel.message_id),
        "Auto-Submitted": "auto-generated",
        **_way_out(email),
    }
    return "".join(f"{name}: {value}{CRLF}" for name, value in headers.items() if value)


def _way_out(email: Email) -> dict[str, str]:
    """News that somebody asked for end with one press in the mail reader (RFC 2369, RFC 8058)."""
    if not email.way_out:
        return {}
    return {
        "List-Unsubscribe": f"<{_one_line(email.way_out)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _encoded(text: str) -> str:
    """Any words in ASCII, in pieces of a line each, none of which cuts a character (RFC 2047)."""
    if text.isascii() and len(text) <= LONGEST_PLAIN and "=?" not in text:
        return text
    pieces = [b""]
    for character in text:
        piece = character.encode()
        if len(pieces[-1]) + len(piece) > LONGEST_PIECE:
            pieces.append(b"")
        pieces[-1] += piece
    return f"{CRLF} ".join(f"=?utf-8?b?{base64.b64encode(each).decode()}?=" for each in pieces)


def _one_line(text: str) -> str:
    """Nobody adds a header of their own."""
    return _LINE_BREAKS.sub(" ", text)


def _parts(kind: str, boundary: str, parts: list[str]) -> str:
    """Several parts as one, their own headers at its beginning."""
    between = "".join(f"{CRLF}--{boundary}{CRLF}{part}" for part in parts)
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"{CRLF}'
    return f"{head}{between}{CRLF}--{boundary}--{CRLF}"


def _text(subtype: str, text: str) -> str:
    words = "\n".join(text.splitlines()) + "\n"
    quoted = binascii.b2a_qp(words.encode(), istext=True).decode()
    return (
        f'Content-Type: text/{subtype}; charset="utf-8"{CRLF}'
        f"Content-Transfer-Encoding: quoted-printable{CRLF}{CRLF}"
        f"{quoted.replace(chr(10), CRLF)}"
    )


def _file(attachment: Attachment) -> str:
    encoded = base64.encodebytes(attachment.content).decode()
    return (
        f"Content-Type: {_one_line(attachment.content_type)}{CRLF}"
        f"Content-Transfer-Encoding: base64{CRLF}"
        f"Content-Disposition: attachment; {_file_name(attachment.name)}{CRLF}{CRLF}"
        f"{encoded.replace(chr(10), CRLF)}"
    )


def _file_name(name: str) -> str:
    if _PLAIN_NAME.fullmatch(name):
        return f'filename="{name}"'
    return f"filename*={encode_rfc2231(name, 'utf-8')}"
