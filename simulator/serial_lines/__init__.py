"""What hangs on serial lines: the barcode scanner."""
