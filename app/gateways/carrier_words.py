"""What a carrier's failure means, in a French sentence that names no secret."""

import smtplib
import socket
import ssl

from app.gateways.parcels import CarrierFailed, TryLater

FAILURES: tuple[tuple[type[BaseException], str], ...] = (
    (smtplib.SMTPAuthenticationError, "le serveur refuse le nom ou le mot de passe."),
    (smtplib.SMTPNotSupportedError, "le serveur ne propose pas STARTTLS ; rien ne part en clair."),
    (smtplib.SMTPServerDisconnected, "le serveur a coupé la ligne."),
    (ssl.SSLCertVerificationError, "le certificat du serveur n’est pas reconnu."),
    (ssl.SSLError, "le serveur ne parle pas TLS à ce port."),
    (socket.gaierror, "aucun serveur de ce nom."),
    (ConnectionRefusedError, "personne ne répond à ce port."),
    (TimeoutError, "le serveur ne répond pas à temps."),
)
"""What the network said, the narrower first."""


def why(failure: OSError) -> str:
    """What went wrong, for whoever installs: in doubt, the failure's own words too."""
    return known_cause(failure) or f"l’envoi a échoué ({failure})."


def known_cause(failure: OSError) -> str | None:
    """What went wrong; None for what has no sentence here."""
    if isinstance(failure, TryLater):
        minutes = max(1, round(failure.wait.total_seconds() / 60))
        return f"la passerelle demande d’attendre (environ {minutes} min)."
    cause = failure.__cause__ if isinstance(failure, CarrierFailed) else failure
    return next((words for kind, words in FAILURES if isinstance(cause, kind)), None)
