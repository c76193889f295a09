"""How each vendor's models are asked: one module per format, and nothing of a report in any of them."""
