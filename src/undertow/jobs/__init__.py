"""One file per command: run a study, store it, wrap it in the one JSON."""
