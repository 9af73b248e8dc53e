"""Tables and figures of answers as stored."""
