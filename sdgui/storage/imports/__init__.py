"""Folders of other programs' pictures: looked through in the background, linked or copied, and listed like our own."""
