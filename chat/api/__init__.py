"""The conversation over HTTP: parse, permit, call `chat.conversation`, render."""
