"""The facts the twin is made of, field for field as the contract lists them."""
