"""The version of this package, sent with every request; a test holds it to pyproject.toml."""

VERSION = "0.1.0"
