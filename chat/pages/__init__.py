"""The conversation as pages: read and asked without script, live with it."""
