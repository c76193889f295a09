"""What contacts may ask (all that is held, to be told, to be forgotten), and how long their records are kept."""
