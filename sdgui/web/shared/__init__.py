"""What the tabs have in common: settings, prompt bar, pictures, theme, and the words that they tell."""
