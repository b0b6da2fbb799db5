"""An aggregate's ordered events turned into its record, pure."""
