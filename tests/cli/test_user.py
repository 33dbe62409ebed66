"""flask user create, flask user link."""

import re

import pytest
from sqlalchemy import Engine, select, text, update

from app.domain.access import Role
from app.models.accounts import User
from tests.cli.conftest import Run
from tests.support.page_client import PageClient
from tests.support.presquile import Database

ANNE = ("--email", "Anne@Equipe.invalid", "--first-name", "Anne", "--last-name", "Essai")
LINK = re.compile(r"^http://localhost(/agents/mot-de-passe/[\w-]{32})$", re.MULTILINE)


def accounts(engine: Engine) -> list[tuple[str, Role, str | None]]:
    with engine.connect() as connection:
        columns = select(User.email, User.role, User.password_hash)
        return [tuple(row) for row in connection.execute(columns)]  # type: ignore[misc]


def test_the_first_coordinator_gets_a_link_that_sets_a_password(
    run: Run, presquile: Database, client: PageClient
) -> None:
    result = run("user", "create", *ANNE)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("Le compte de coordination est ouvert.\n")
    found = LINK.search(result.stdout)
    assert found
    assert client.get(found[1]).status_code == 200


def test_an_account_has_no_password_until_its_holder_sets_one(run: Run, engine: Engine) -> None:
    run("user", "create", *ANNE)
    assert accounts(engine) == [("anne@equipe.invalid", Role.COORDINATOR, None)]


def test_the_same_address_twice_is_refused_with_the_way_on(run: Run, engine: Engine) -> None:
    run("user", "create", *ANNE)
    result = run("user", "create", *ANNE)
    assert result.exit_code == 1
    assert "flask user link Anne@Equipe.invalid" in result.stderr
    assert len(accounts(engine)) == 1


def test_a_closed_account_is_said_to_be_closed(run: Run, engine: Engine) -> None:
    run("user", "create", *ANNE)
    with engine.begin() as connection:
        connection.execute(update(User).values(active=False))
    result = run("user", "create", *ANNE)
    assert result.exit_code == 1
    assert "ce compte est fermé : Anne@Equipe.invalid" in result.stderr


@pytest.mark.parametrize("name", ["", "  ", "<b>", "x" * 81])
@pytest.mark.parametrize("option", ["--first-name", "--last-name"])
def test_what_is_no_name_opens_no_account(run: Run, engine: Engine, option: str, name: str) -> None:
    result = run("user", "create", *ANNE, option, name)
    assert result.exit_code == 1
    assert "n'est pas un" in result.stderr
    assert accounts(engine) == []


@pytest.mark.parametrize(
    "words", [("create", *ANNE), ("link", "anne@equipe.invalid")], ids=["create", "link"]
)
def test_a_database_without_tables_is_told_in_one_line(
    run: Run, engine: Engine, words: tuple[str, ...]
) -> None:
    if words[0] == "link":
        run("user", "create", *ANNE)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE journal_entry"))
        connection.execute(text("DROP TABLE account_link"))
    result = run("user", *words)
    assert result.exit_code == 1
    assert result.stderr.startswith("La base ne répond pas, ou ses tables manquent")


@pytest.mark.parametrize("email", ["anne", " ", "anne@", "anne@equipe"])
def test_what_is_no_address_opens_no_account(run: Run, engine: Engine, email: str) -> None:
    result = run("user", "create", "--email", email, *ANNE[2:])
    assert result.exit_code == 1
    assert "n'est pas une adresse e-mail" in result.stderr
    assert accounts(engine) == []


def test_a_new_link_ends_the_one_before(run: Run, presquile: Database, client: PageClient) -> None:
    first = LINK.search(run("user", "create", *ANNE).stdout)
    second = LINK.search(run("user", "link", "ANNE@equipe.invalid").stdout)
    assert first
    assert second
    assert client.get(first[1]).status_code == 410
    assert client.get(second[1]).status_code == 200


def test_no_link_for_nobody(run: Run) -> None:
    result = run("user", "link", "nobody@equipe.invalid")
    assert result.exit_code == 1
    assert "aucun compte ouvert pour nobody@equipe.invalid" in result.stderr
