"""People who ask."""

from sdgui.people import Role, Who


def who(visitor: str, role: Role = Role.OWNER) -> Who:
    """Somebody by name."""
    return Who(visitor=visitor, role=role)
