"""Pages that show reports: each is a pure function from plain data to text."""
