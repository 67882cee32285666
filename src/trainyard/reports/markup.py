"""HTML put together so that whatever comes from data, names or configs is text and nothing else."""

import html
from collections.abc import Iterable, Sequence

VOID = ("img", "meta", "br")


class Markup(str):
    """HTML that may stand in a page as it is; every other text is escaped when it is put into one."""

    __slots__ = ()


def markup(content: object) -> Markup:
    """Return content as HTML: Markup as it is, anything else as text."""
    return content if isinstance(content, Markup) else Markup(html.escape(str(content)))


def tag(name: str, /, *content: object, **attributes: object) -> Markup:
    """Return an element with its content and attributes.

    `class_` stands for class, a _ in a name for a hyphen; an attribute that is None or False is left out, one that is
    True has no value.
    """
    shown = "".join(
        f" {key.rstrip('_').replace('_', '-')}" + ("" if value is True else f'="{html.escape(str(value))}"')
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    opening = f"<{name}{shown}>"
    return Markup(opening) if name in VOID else Markup(f"{opening}{joined(content)}</{name}>")


def joined(content: Iterable[object]) -> Markup:
    """Return pieces of content one after the other."""
    return Markup("".join(markup(piece) for piece in content))


def facts(rows: Iterable[tuple[str, object]]) -> Markup:
    """Return names with what is to be said of them; those with nothing are left out."""
    told = [(name, content) for name, content in rows if content not in ("", None)]
    return tag("dl", *(piece for name, content in told for piece in (tag("dt", name), tag("dd", content))))


def table(
    header: Sequence[object], rows: Iterable[Sequence[object]], *, right: Iterable[int] = (), sortable: bool = False
) -> Markup:
    """Return a table; `right` names the columns that align to the right. A cell may be a whole td."""
    aligned = set(right)
    body = [
        tag("tr", *(_cell(cell, "num" if place in aligned else None) for place, cell in enumerate(row))) for row in rows
    ]
    head = tag("tr", *(
        tag("th", tag("button", name, type="button") if sortable and name else name, scope="col",
            class_="num" if place in aligned else None)
        for place, name in enumerate(header)
    ))  # fmt: skip
    return tag(
        "div", tag("table", tag("thead", head), tag("tbody", *body), class_="sortable" if sortable else None),
        class_="wide",
    )  # fmt: skip


def _cell(cell: object, class_: str | None) -> Markup:
    return cell if isinstance(cell, Markup) and cell.startswith("<td") else tag("td", cell, class_=class_)


def folded(title: str, *content: object, open_: bool = False) -> Markup:
    """Return content below a line that folds it away."""
    return tag("details", tag("summary", title), *content, open=open_)


def section(title: str, *content: object) -> Markup:
    """Return a part of a page; nothing where it would be empty."""
    inside = [piece for piece in content if piece]
    return tag("section", tag("h2", title), *inside) if inside else Markup("")


def preformatted(text: str) -> Markup:
    """Return a text whose lines stay as they are."""
    return tag("pre", text)
