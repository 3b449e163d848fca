"""How the embedded model was made and is judged: drawing, training, evaluation; the app never imports it."""
