// What lists are ordered and narrowed by.
CREATE INDEX lot_by_change IF NOT EXISTS FOR (lot:Lot) ON (lot.updated_at);
CREATE INDEX lot_by_status IF NOT EXISTS FOR (lot:Lot) ON (lot.status);
CREATE INDEX order_by_due_time IF NOT EXISTS FOR (asked:Order) ON (asked.due_at);
CREATE INDEX equipment_by_line IF NOT EXISTS FOR (machine:Equipment) ON (machine.line_id);
