"""Maps of wafers and strips that machines leave as files."""
