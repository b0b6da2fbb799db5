"""The product: facts, folds and questions; it knows nothing of GraphQL or devices."""
