"""Types that a framework's declarations leave wider than they are."""

from typing import TYPE_CHECKING, Any, TypeVar

from django import forms

T = TypeVar("T")

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:  # takes no parameters at run time
    ModelForm = forms.ModelForm


def certain(value: object, kind: type[T]) -> T:
    """The value, which whoever calls knows to be of that kind. Raises `TypeError` where it is not."""
    if not isinstance(value, kind):
        raise TypeError(f"{value!r} is no {kind.__name__}.")
    return value
