"""Every accepted event for ever, in sealed files that name each other's hashes."""
