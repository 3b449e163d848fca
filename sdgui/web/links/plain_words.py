"""What somebody writes for others to see: a name, a reason."""


def plain(words: str) -> str:
    """Words on one line, without what cannot be seen."""
    return " ".join("".join(char if char.isprintable() else " " for char in words).split())
