"""Sheets as files."""
