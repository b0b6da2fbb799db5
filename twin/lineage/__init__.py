"""Who carries what: genealogy and exposure over ordered events, pure."""
