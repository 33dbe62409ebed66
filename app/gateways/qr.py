"""QR codes as drawings inside the page: no image to fetch, no style of their own."""

import segno


def qr_svg(text: str, title: str) -> str:
    """The SVG of a QR code that says `text`; `title` is what a screen reader says of it."""
    return segno.make(text, error="m", micro=False).svg_inline(
        scale=5, border=4, title=title, omitsize=True, svgclass="qr", lineclass=None
    )
