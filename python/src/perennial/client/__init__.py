"""Speaks to a running Perennial over HTTP, with nothing but the standard library."""
