"""What somebody is called, as it may be shown."""


def plain(name: str) -> str:
    """A name on one line, without what cannot be seen."""
    return " ".join("".join(char if char.isprintable() else " " for char in name).split())
