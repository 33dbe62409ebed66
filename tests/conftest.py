"""The fixtures of the house; each module of tests/support says what it gives."""

pytest_plugins = [
    "tests.support.run_folder",
    "tests.support.postgresql",
    "tests.support.databases",
    "tests.support.site",
    "tests.support.presquile",
    "tests.support.stage",
    "tests.support.browser",
    "tests.support.team",
    "tests.support.passwords",
    "tests.support.sign_in",
    "tests.support.agenda_site",
    "tests.support.canaries",
    "tests.support.coverage_floors",
    "tests.support.traced_once",
]
