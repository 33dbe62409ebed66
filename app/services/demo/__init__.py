"""The demo: a territory, two counsellors, and several hundred fictional appointments.

Nothing in it is drawn at random from one run to another: the same day gives the same people.
"""

from app.services.demo.creation import DemoFiles, DemoSummary, NotTheDemo, create_demo, wipe

__all__ = ["DemoFiles", "DemoSummary", "NotTheDemo", "create_demo", "wipe"]
