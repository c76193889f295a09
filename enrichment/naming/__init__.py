"""Whether two names mean one company. Pure: reads neither database nor clock.

`spelling` takes out what spelling adds, `scripts` writes other scripts in Latin letters, `forms` has the shapes of a
name that are compared, `known` what everybody knows, `business` what is said of a company; `likeness` decides.
"""

from enrichment.naming.likeness import Likeness, Named, likeness

__all__ = ["Likeness", "Named", "likeness"]
