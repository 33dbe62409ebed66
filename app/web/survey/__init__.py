"""The three questions: on the person's telephone, on paper, and typed at the desk."""

from app.web.survey import answering, paper
from app.web.survey.blueprint import blueprint

__all__ = ["answering", "blueprint", "paper"]
