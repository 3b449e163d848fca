"""Z-Image (Tongyi-MAI 2025, https://arxiv.org/abs/2511.22699): base, and turbo of few steps without guidance."""
