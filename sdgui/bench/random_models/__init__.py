"""Models with random weights, of the real classes and in the real layout. The tests make them too; the app never."""
