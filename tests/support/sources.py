"""The sources of the project, as house tests read them."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
CODE = ("app", "bench", "migrations", "tests", "tools")
TOP = ("config.py", "wsgi.py", "run", ".ci/run")
WRITTEN = {".py", ".sh", ".html", ".js", ".mjs", ".scss", ".css", ".txt", ".jinja"}
MADE = {"static", "__pycache__", "node_modules", "upgrade", "versions"}


def files(*folders: str, suffixes: set[str] = WRITTEN) -> list[Path]:
    """The files that people wrote, under these folders of the project."""
    found = (path for folder in folders for path in (ROOT / folder).rglob("*"))
    return sorted(
        path
        for path in found
        if path.suffix in suffixes and not MADE & set(path.relative_to(ROOT).parts)
    )


def python_files(*folders: str) -> list[Path]:
    return files(*folders, suffixes={".py"})


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def name(path: Path) -> str:
    """The file as people call it, from the root of the project."""
    return path.relative_to(ROOT).as_posix()


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function with the number of its lines, its docstring and decorators left out."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            lines = (body[-1].end_lineno or 0) - body[0].lineno + 1
            yield f"{name(path)}:{node.lineno} {node.name}", lines


def imported_modules(path: Path) -> set[str]:
    """The modules that a file imports, in full."""
    modules: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            modules.add(node.module)
    return modules
