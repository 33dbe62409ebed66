"""The light HTML of an e-mail: the words of its plain text, easier to read on a telephone.

No image, no style sheet, nothing that a mailbox would fetch: nobody learns when it is read.
"""

import re
from html import escape

_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
</head>
<body style="{body}">
<main style="{main}">
{content}
</main>
</body>
</html>
"""
_BODY = (
    "margin:0;padding:16px;background:#ffffff;color:#1a1a1a;"
    "font-family:Arial,Helvetica,sans-serif;font-size:18px;line-height:1.5"
)
_MAIN = "max-width:600px;margin:0 auto;overflow-wrap:anywhere"
_FIRST = "margin:0 0 16px;font-size:20px;font-weight:bold"
_NEXT = "margin:0 0 16px"
_LINK = "color:#00425f"


def as_html(text: str, *, title: str, language: str) -> str:
    """A page of paragraphs under the first line, which says it all; links are links.

    All of it is escaped: nothing that a person or a territory wrote is read as HTML.
    """
    first, _, rest = text.partition("\n")
    blocks = [block for block in rest.strip("\n").split("\n\n") if block]
    paragraphs = [f'<h1 style="{_FIRST}">{_linked(first)}</h1>', *map(_paragraph, blocks)]
    return _PAGE.format(
        language=language,
        title=escape(title),
        body=_BODY,
        main=_MAIN,
        content="\n".join(paragraphs),
    )


def _paragraph(block: str) -> str:
    lines = "<br>\n".join(_linked(line) for line in block.split("\n"))
    return f'<p style="{_NEXT}">{lines}</p>'


def _linked(line: str) -> str:
    """The line escaped, its addresses made links that show where they lead."""
    parts, end = [], 0
    for found in _ADDRESS.finditer(line):
        address = escape(found.group())
        parts += [
            escape(line[end : found.start()]),
            f'<a href="{address}" style="{_LINK}">{address}</a>',
        ]
        end = found.end()
    return "".join([*parts, escape(line[end:])])
