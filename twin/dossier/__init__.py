"""An answer as files to hand on: tables, a document, EPCIS events, and the hashes that seal them."""
