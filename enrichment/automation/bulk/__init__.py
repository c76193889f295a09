"""Many companies at once: `reading` a list, `intake`, `pricing` it, `dispatch` within one budget, `results`."""
