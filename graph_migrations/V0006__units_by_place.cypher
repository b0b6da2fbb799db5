// The units of a lot and of a site among a million others.
CREATE INDEX unit_by_lot IF NOT EXISTS FOR (unit:Unit) ON (unit.lot_id);
CREATE INDEX unit_by_substrate IF NOT EXISTS FOR (unit:Unit) ON (unit.substrate_id);
