"""The pages of contacts: parse, permit, call one function, render."""
