"""What a serializer declares under a name that DRF's own attributes have, too: `source`, `label`, `data`, `context`.

DRF's metaclass takes declared fields out of the class, so the two never meet; the type checker sees one attribute.
"""

from typing import Any

Declared = Any
