"""The plain data of a check and of a class, which every room above may read, and which pages show."""
