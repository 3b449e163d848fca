"""The words the embedded model knows: canonical names, and what people say instead of them."""

from __future__ import annotations

THINGS: tuple[str, ...] = (
    "car", "house", "tree", "boat", "cat", "dinosaur", "flower", "fish",
    "rocket", "castle", "bird", "mountain", "train", "balloon", "mushroom", "rabbit",
    "elephant", "robot", "butterfly", "umbrella", "snail", "plane", "teapot", "octopus",
)  # fmt: skip

COLOURS: tuple[str, ...] = (
    "grey", "red", "blue", "green", "yellow", "orange",
    "purple", "pink", "brown", "white", "black",
)  # fmt: skip

PLACES: tuple[str, ...] = (
    "on paper", "green hill", "night sky", "sea", "desert", "snow", "city street", "forest",
)  # fmt: skip

STYLES: tuple[str, ...] = (
    "plain", "pencil sketch", "watercolor", "neon", "pixel art", "paper cut-out",
)  # fmt: skip

# Other words for a thing; each is a noun that can follow "a red".
THING_WORDS: dict[str, tuple[str, ...]] = {
    "car": ("Ferrari", "Ferrari car", "sports car", "automobile"),
    "house": ("cottage", "home"),
    "tree": ("oak", "oak tree", "leafy tree"),
    "boat": ("ship", "sailing boat", "sailboat"),
    "cat": ("kitten", "kitty"),
    "dinosaur": ("dino", "T-rex"),
    "flower": ("blossom", "daisy"),
    "fish": ("goldfish",),
    "rocket": ("spaceship", "space rocket"),
    "castle": ("fortress", "fairy-tale castle"),
    "bird": ("robin", "songbird"),
    "mountain": ("mountain peak", "peak"),
    "train": ("steam train", "locomotive"),
    "balloon": ("hot-air balloon", "hot air balloon"),
    "mushroom": ("toadstool",),
    "rabbit": ("bunny", "hare"),
    "elephant": ("baby elephant",),
    "robot": ("android", "toy robot"),
    "butterfly": ("moth",),
    "umbrella": ("parasol", "open umbrella"),
    "snail": ("garden snail",),
    "plane": ("airplane", "aeroplane", "aircraft"),
    "teapot": ("tea pot", "pot of tea"),
    "octopus": ("squid",),
}

COLOUR_WORDS: dict[str, tuple[str, ...]] = {
    "grey": ("gray", "silver"),
    "red": ("crimson", "scarlet", "bright red"),
    "blue": ("royal blue", "deep blue"),
    "green": ("emerald", "emerald green"),
    "yellow": ("golden", "lemon yellow"),
    "orange": ("tangerine", "bright orange"),
    "purple": ("violet", "lilac"),
    "pink": ("rose", "light pink"),
    "brown": ("chocolate brown", "chestnut"),
    "white": ("snow-white", "ivory"),
    "black": ("jet black", "pitch black"),
}

# Phrases that follow a noun: "a red boat at sea".
PLACE_WORDS: dict[str, tuple[str, ...]] = {
    "on paper": ("on paper", "on white paper", "on a sheet of paper", "on a blank page"),
    "green hill": ("on a green hill", "on a grassy hill", "in a meadow", "on the grass"),
    "night sky": ("in the night sky", "at night", "under the stars", "in the moonlight"),
    "sea": ("at sea", "on the sea", "on the ocean", "on the water", "in the waves"),
    "desert": ("in the desert", "on the sand dunes", "in the hot desert", "on the sand"),
    "snow": ("in the snow", "in winter", "on a snowy field", "in the snowfall"),
    "city street": ("on a city street", "in the city", "in town", "on the street"),
    "forest": ("in the forest", "in the woods", "among the trees", "in a deep forest"),
}

# Phrases that stand on their own, as a tag or after a comma.
PLACE_TAGS: dict[str, tuple[str, ...]] = {
    "on paper": ("on paper", "white paper", "paper"),
    "green hill": ("green hill", "meadow", "grass"),
    "night sky": ("night sky", "night", "starry night", "moon and stars"),
    "sea": ("sea", "ocean", "waves"),
    "desert": ("desert", "sand dunes", "desert sun"),
    "snow": ("snow", "winter", "snowy"),
    "city street": ("city street", "city", "street", "town"),
    "forest": ("forest", "woods", "deep forest"),
}

STYLE_TAGS: dict[str, tuple[str, ...]] = {
    "plain": ("plain", "illustration", "storybook illustration", "picture book"),
    "pencil sketch": (
        "pencil sketch", "pencil art", "sketch", "pencil drawing", "pencil", "drawing",
    ),
    "watercolor": ("watercolor", "watercolour", "watercolor painting", "aquarelle"),
    "neon": ("neon", "neon light", "neon sign", "glowing neon"),
    "pixel art": ("pixel art", "pixels", "8-bit", "8-bit pixel art"),
    "paper cut-out": ("paper cut-out", "paper cutout", "cut paper", "papercraft"),
}  # fmt: skip

# Phrases that stand before "of a ...": "a pencil drawing of a red boat".
STYLE_NOUNS: dict[str, tuple[str, ...]] = {
    "plain": ("a picture", "an illustration", "an image"),
    "pencil sketch": ("a sketch", "a pencil sketch", "a drawing", "a pencil drawing"),
    "watercolor": ("a watercolor", "a watercolor painting", "an aquarelle"),
    "neon": ("a neon sign", "a neon picture", "a neon light"),
    "pixel art": ("pixel art", "a pixel art picture", "an 8-bit picture"),
    "paper cut-out": ("a paper cut-out", "a paper cutout", "a cut-paper picture"),
}

# What a thing does, said between the noun and the place.
THING_VERBS: dict[str, tuple[str, ...]] = {
    "car": ("driving", "parked"),
    "house": ("standing",),
    "tree": ("growing", "standing"),
    "boat": ("sailing", "drifting"),
    "cat": ("sitting", "smiling"),
    "dinosaur": ("standing", "walking"),
    "flower": ("blooming", "growing"),
    "fish": ("swimming", "jumping"),
    "rocket": ("flying", "taking off"),
    "castle": ("standing",),
    "bird": ("sitting", "singing"),
    "mountain": ("rising",),
    "train": ("rolling", "steaming"),
    "balloon": ("floating", "flying"),
    "mushroom": ("growing",),
    "rabbit": ("sitting", "resting"),
    "elephant": ("standing", "walking"),
    "robot": ("standing", "waiting"),
    "butterfly": ("flying", "fluttering"),
    "umbrella": ("standing", "floating"),
    "snail": ("crawling", "resting"),
    "plane": ("flying", "soaring"),
    "teapot": ("standing", "steaming"),
    "octopus": ("sitting", "waving"),
}
