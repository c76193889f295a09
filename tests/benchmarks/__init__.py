"""Yardsticks that the system is measured against: oracles and generated instances."""
