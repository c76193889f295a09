"""The views: parse, permit, call one function, render."""
