"""Order books replayed from their messages, and what is measured on the way."""
