"""Mails that come back, as mail servers write them."""


def report(
    message_id: str,
    action: str = "failed",
    status: str = "5.1.1",
    *,
    quotes: str = "message/rfc822",
) -> bytes:
    """A report of delivery (RFC 3464) about that message."""
    headers = f"From: rdv@example.fr\nTo: rose@exemple.invalid\nMessage-ID: {message_id}\n"
    return f"""From: MAILER-DAEMON@mail.example.fr
To: rdv@example.fr
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="=sep="

--=sep=
Content-Type: text/plain; charset=us-ascii

This is the mail system. I could not deliver your message.

--=sep=
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.example.fr
Arrival-Date: Mon, 23 Nov 2026 09:00:00 +0000

Final-Recipient: rfc822; rose@exemple.invalid
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 No such user

--=sep=
Content-Type: {quotes}

{headers}
Bonjour.

--=sep=--
""".replace("\n", "\r\n").encode()


def poisoned() -> dict[str, bytes]:
    """Mails that the parser of the standard library raises for, by what is wrong with them."""
    nest = b'Content-Type: multipart/report; boundary="b%d"\r\n\r\n--b%d\r\n'
    boundaries = {
        "a NUL in an encoding": b"boundary*=us\x00ascii''xyz",
        "an encoding that only raises": b"boundary*=undefined''zz",
        "a name that is no name": b"boundary*=idna''%ff" + b".." * 40,
        "half a continuation": b"boundary*0*=''; boundary*=",
    }
    whole = b"Content-Type: multipart/report; %s\r\n\r\n--xyz\r\n\r\nx\r\n--xyz--\r\n"
    strange = {name: whole % boundary for name, boundary in boundaries.items()}
    return strange | {"parts within parts": b"".join(nest % (n, n) for n in range(1500))}
