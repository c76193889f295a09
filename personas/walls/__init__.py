"""What PostgreSQL's row-level security lets through of the tables of this app (`salesintel.walls` says for whom)."""
