"""What somebody types who means no good, or means something else: into every field."""

PAYLOADS = (
    "\"><script>alert('a')</script>",
    "'><img src=x onerror=alert(1)>",
    "{{7*7}}",
    "' OR 1=1--",
    "x\r\nSet-Cookie: stolen=1",
    "\x00",
    "9999-12",
    "0001-01",
    "1e999",
    "9" * 30,
    "//evil.example",
)
