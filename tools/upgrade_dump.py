"""Make tests/upgrade/<letter>.sql.gz: the demo of one fixed day, as this version writes it.

    python -m tools.upgrade_dump a

A landed issue leaves one, and every later version must read it (tests/house/test_upgrade.py). The
same code makes the same bytes: make it again while the issue is open, never after it has landed.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.support.dumps import write_dump

TODAY = "2026-12-01"
FOLDER = Path(__file__).parents[1] / "tests/upgrade"


def make_demo(file: Path) -> None:
    """Run the product's own command on a new SQLite file. Raises CalledProcessError."""
    settings = {"COCLICO_DEMO": "1", "DATABASE_URL": f"sqlite:///{file}", "FLASK_APP": "wsgi"}
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-m", "flask", "demo", "create", "--today", TODAY]
    subprocess.run(command, env=kept | settings, check=True, stdout=subprocess.DEVNULL)  # noqa: S603


def main(letter: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "demo.sqlite"
        make_demo(file)
        FOLDER.mkdir(exist_ok=True)
        write_dump(file, FOLDER / f"{letter}.sql.gz")


if __name__ == "__main__":
    main(sys.argv[1])
