"""Dreams: handing them to the studio, and what the page knows and is told of them."""
