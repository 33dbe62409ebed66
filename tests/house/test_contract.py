"""What is promised outside: the commands, the addresses, the words that others rely on."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.page_client import PageClient, page_of
from tests.support.sources import ROOT

COMMANDS = ("demo", "test", "check", "fmt", "e2e", "bench", "drill", "serve", "worker", "flask")
PAGES = (
    "/",
    "/rendez-vous",
    "/rendez-vous?commune=breuillet",
    "/rendez-vous?commune=breuillet&besoin=email",
    "/visite-a-domicile",
    "/communes/breuillet",
    "/mon-rendez-vous",
    "/ateliers",
    "/ateliers/programme",
    "/accessibilite",
    "/vos-donnees",
    "/mentions-legales",
    "/conditions",
    "/plan-du-site",
    "/aide",
)
MACHINES = ("/healthz", "/readyz", "/robots.txt", "/.well-known/security.txt")


WITHOUT_VENV = '#!/bin/sh\n[ "$1" = -c ] || { echo "No module named ensurepip"; exit 1; }\n'
"""A Python that is new enough, but has been packed without what makes a virtual environment."""


def run(*words: str, where: Path = ROOT, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", "run", *words],
        cwd=where,
        env=os.environ | environ,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_run_alone_lists_each_command_with_one_line() -> None:
    listed = run()
    assert listed.returncode == 0
    lines = {line.split()[1]: line for line in listed.stdout.splitlines()}
    assert set(COMMANDS) <= set(lines)
    assert all(len(line) <= 100 for line in lines.values())


def test_an_unknown_command_is_refused() -> None:
    refused = run("inconnue")
    assert refused.returncode == 1
    assert refused.stderr.strip().endswith("there is no such command: inconnue.")


def test_a_set_up_that_fails_says_in_one_sentence_what_to_install(tmp_path: Path) -> None:
    shutil.copy(ROOT / "run", tmp_path)
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    none = run("demo", where=tmp_path, PYTHON="false")
    assert (none.returncode, none.stdout) == (1, "")
    assert none.stderr == (
        "./run: install Python 3.11 or newer (Debian and Ubuntu: apt-get install python3).\n"
    )
    poor = tmp_path / "poor-python"
    poor.write_text(WITHOUT_VENV)
    poor.chmod(0o755)
    halted = run("demo", where=tmp_path, PYTHON=str(poor), CI="")
    assert (halted.returncode, halted.stdout) == (1, "")
    said = halted.stderr.splitlines()
    assert said[:-1] == ["· set-up: venv"]
    assert said[-1].startswith("./run: install ")
    assert "instance/logs/venv.log" in said[-1]
    assert "ensurepip" in (tmp_path / "instance/logs/venv.log").read_text()


@pytest.mark.parametrize("language", ["", "/en"])
@pytest.mark.parametrize("path", PAGES)
def test_each_promised_page_answers_in_both_languages(
    visitor: PageClient, path: str, language: str
) -> None:
    answer = visitor.get(f"{language}{path}", follow_redirects=True)
    assert answer.status_code == 200
    assert page_of(answer).title.endswith("Coclic’O")


@pytest.mark.parametrize("path", MACHINES)
def test_machines_get_their_answers(visitor: PageClient, path: str) -> None:
    assert visitor.get(path).status_code == 200


def test_titles_tell_pages_apart(visitor: PageClient) -> None:
    titles = {
        path: page_of(visitor.get(path, follow_redirects=True)).title
        for path in PAGES
        if "?" not in path
    }
    assert len(set(titles.values())) == len(titles), titles
