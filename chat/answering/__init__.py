"""What is said to a question: statements that evidence bears, by intent. Pure: no database, no clock."""
