"""Whether two names mean one company, and which domain a text names. Pure: reads neither database nor clock.

`spelling` takes out what spelling adds, `scripts` writes other scripts in Latin letters, `forms` has the shapes of a
name that are compared, `alike` whether two are one but for order, cuts and slips, `known` what everybody knows,
`business` what is said of a company; `likeness` decides. `domains` has the domain that a company registered.
"""

from enrichment.naming.likeness import Likeness, Named, likeness

__all__ = ["Likeness", "Named", "likeness"]
