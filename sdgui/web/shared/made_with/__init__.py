"""A picture's file that is dropped, pasted or chosen: what it was made with, and those settings taken over."""
