"""Lists of dreams, their rows and tiles, and the routes of the pictures in them."""
