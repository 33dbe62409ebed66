"""The carrier of the demo: each message becomes one file of a folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from app.domain.gsm7 import segments
from app.gateways.mail import write_mail
from app.gateways.messages import Email
from app.gateways.parcels import Handed, Parcel


@dataclass(frozen=True, slots=True)
class FileSender:
    """Writes each message as one file: `.eml` for an e-mail, `.txt` for an SMS."""

    folder: Path
    sender: str

    def send(self, parcel: Parcel) -> Handed:
        """The file appears whole or not at all; raises OSError where the folder refuses it."""
        handed = Handed()
        if isinstance(parcel.content, Email):
            name = f"{parcel.name}.eml"
            content = write_mail(parcel, parcel.content, self.sender)
        else:
            name = f"{parcel.name}.txt"
            content = f"From: {self.sender}\nTo: {parcel.to}\n\n{parcel.content}\n".encode()
            handed = Handed(segments=segments(parcel.content))
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f".{name}.{os.getpid()}"
        unfinished.write_bytes(content)
        unfinished.replace(self.folder / name)
        return handed

    def hang_up(self) -> None:
        """A folder has no line."""
