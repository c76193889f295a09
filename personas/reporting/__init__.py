"""What personas come to over a range of days: one person's own records, added up in a handful of queries."""
