"""Chroma (Lodestone Rock 2025): FLUX.1's schnell made smaller and trained on, with T5 alone and real guidance."""
