"""Who may ask, and which question of the twin answers it."""
