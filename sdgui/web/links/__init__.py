"""Unlisted pages that show pictures to whoever has their address, and settings that come with an address."""
