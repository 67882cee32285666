"""The part of Trainyard's source that a served model needs, found by following its imports."""

import ast
import shutil
from collections.abc import Iterator
from pathlib import Path

ENTRY = "inference/serving.py"


def copy_bundle(package: Path, to: Path) -> None:
    """Copy the files of `package` that its serving code imports, however far down and late, to the folder `to`."""
    for file in needed_files(package):
        copy = to / file.relative_to(package)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file, copy)


def needed_files(package: Path) -> set[Path]:
    """The serving code and every file of the package that it imports, directly or through others."""
    found: set[Path] = set()
    todo = set(_files(package, ".".join([package.name, *Path(ENTRY).with_suffix("").parts])))
    while todo:
        file = todo.pop()
        found.add(file)
        todo |= {imported for name in _imports(file) for imported in _files(package, name)} - found
    return found


def _imports(file: Path) -> Iterator[str]:
    """Dotted names that a file imports anywhere in it; `from a import b` gives a.b, which may be a module or not.

    What is imported for type checking alone is left out.
    """
    for node in _running(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _running(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    for child in ast.iter_child_nodes(node):
        yield from _running(child)


def _files(package: Path, name: str) -> Iterator[Path]:
    """The files that importing a dotted name runs, as far as they lie in the package."""
    top, *parts = name.split(".")
    if top != package.name:
        return
    folder = package
    if (package / "__init__.py").is_file():
        yield package / "__init__.py"
    for part in parts:
        module = folder / f"{part}.py"
        if module.is_file():
            yield module
            return
        folder /= part
        if not (folder / "__init__.py").is_file():
            return
        yield folder / "__init__.py"
