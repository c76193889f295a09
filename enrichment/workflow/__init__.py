"""Requests and the durable runs that answer them."""
