"""One module per provider's capability. Each registers itself, so a new module is all that a new source takes."""

from importlib import import_module
from pkgutil import iter_modules

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")
