"""One GraphQL type per record, same names, same fields."""
