class StackError(Exception):
    """The stack cannot go on. The message is one line for a person: what happened, and what to do about it."""
