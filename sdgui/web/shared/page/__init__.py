"""What stands around everything: header, tabs, prompt bar, theme."""
