"""The colours of every figure and page, by their role. Pages replace them by CSS variables, so that a figure drawn once
follows the reader's light or dark setting; each is at least 4.5:1 on the paper (`context` 3:1: marks only, never text;
`grid` is faint on purpose)."""

INK = "#1b1d1f"
MUTED = "#5b6066"
CONTEXT = "#8b8f94"
GRID = "#d9d8d4"
ACCENT = "#0b5a78"
SECOND = "#a8480c"
PAPER = "#fdfcfa"

LIGHT = {
    "ink": INK, "muted": MUTED, "context": CONTEXT, "grid": GRID, "accent": ACCENT, "second": SECOND, "paper": PAPER,
}
DARK = {
    "ink": "#e9e7e2", "muted": "#a6abb0", "context": "#7f858a", "grid": "#3b3f43", "accent": "#73c2e0",
    "second": "#f0a267", "paper": "#16181a",
}
