"""Published results: what others printed, and what the engine's own parts give for it."""
