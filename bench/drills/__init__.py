"""Long exercises: what the tests do in seconds, for minutes. `./run drill NAME [--short]`."""
