"""Reading what a PNG, JPEG or WebP was made with: headers and texts alone, under limits, and nothing of it is run."""
