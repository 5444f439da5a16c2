"""Serves trainers on a queue: data and results travel over HTTP, so that this machine shares no disk with the others."""
