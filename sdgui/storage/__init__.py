"""Jobs and pictures on disk: PNG files with their parameters inside, thumbnails, SQLite."""

from sdgui.storage.disk_store import DiskStore

__all__ = ["DiskStore"]
