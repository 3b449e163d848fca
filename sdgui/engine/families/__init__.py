"""One folder per family of models: everything in which one differs from another.

`recognise.py` of a folder needs no torch: it tells whether files are of this family and what the page must know of
them. `family.py` is imported where torch is, in the worker: how the model is loaded, conditioned, sampled and decoded.
A family is added by its folder and one line in `table.py`.
"""
