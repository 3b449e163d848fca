"""What the tabs have in common, a folder for each concept.

page: the frame around all tabs; settings: what is asked, by name; seam: the way to Gradio's components; dreams: what is
known and told of dreams; gallery: lists, rows and tiles; viewer: one picture, large; fetch: what is asked of the
server, and asked again; dom: elements, frames, menus.
"""
