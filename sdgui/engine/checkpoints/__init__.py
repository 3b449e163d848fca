"""Checkpoints in one file, as they lie about: told from their headers alone, and read as if they lay in a folder.

Nothing here asks a library what a file is, or a hub for its settings: both are read from the names and shapes of the
tensors, and from the metadata.
"""
