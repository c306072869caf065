"""The joint strategy of marketing and sales, from a firm's own data.

`open` reads and checks a firm's tables, `show` puts a result on a notebook's page, `finish` closes the notebook.
The names are loaded when first used, so that importing the package costs nothing.
"""

__version__ = "0.1.0"

_PLACES = {"open": ("insights.firm", "open_firm"), "show": ("insights.report.show", "show"),
           "finish": ("insights.report.show", "finish")}
__all__ = ["__version__", *_PLACES]


def __getattr__(name: str):
    if name not in _PLACES:
        raise AttributeError(f"module 'insights' has no attribute {name!r}")
    import importlib

    module, attribute = _PLACES[name]
    return getattr(importlib.import_module(module), attribute)
