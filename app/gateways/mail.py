"""An e-mail as a mail server receives it: the same bytes for the same message."""

import re
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8
from email.utils import format_datetime

from app.gateways.messages import Attachment, Email
from app.gateways.parcels import Parcel

_LINE_BREAKS = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]+")


def write_mail(parcel: Parcel, email: Email, sender: str) -> EmailMessage:
    """The whole e-mail: text, the same words with a layout, and the files that go with it.

    `Auto-Submitted` asks other machines not to answer (RFC 3834). The calendar file has no METHOD:
    it informs, it invites nobody. Nothing in it tells us who read it.
    """
    mail = EmailMessage(policy=SMTP if parcel.to.isascii() else SMTPUTF8)
    mail["From"] = sender
    mail["To"] = parcel.to
    if parcel.reply_to:
        mail["Reply-To"] = parcel.reply_to
    mail["Subject"] = _LINE_BREAKS.sub(" ", email.subject)
    mail["Date"] = format_datetime(parcel.at)
    if parcel.message_id:
        mail["Message-ID"] = parcel.message_id
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(email.text, cte="quoted-printable")
    if email.html:
        mail.add_alternative(email.html, subtype="html", cte="quoted-printable")
    for attachment in email.attachments:
        _attach(mail, attachment)
    _name_boundaries(mail, parcel.name)
    return mail


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    main, _, rest = attachment.content_type.partition("/")
    sub, _, parameters = rest.partition(";")
    mail.add_attachment(
        attachment.content,
        maintype=main,
        subtype=sub,
        filename=attachment.name,
        params=dict([parameters.strip().split("=", 1)]) if parameters else None,
    )


def _name_boundaries(mail: EmailMessage, name: str) -> None:
    """Chosen by us, not by chance: two tries write the same bytes."""
    for depth, part in enumerate(each for each in mail.walk() if each.is_multipart()):
        part.set_boundary(f"=={name}=={depth}==" if depth else f"=={name}==")
