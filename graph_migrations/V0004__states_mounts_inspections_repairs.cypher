// What machines were in, what sat on them, who looked, what was repaired (twin/vocabulary/graph.py).
CREATE CONSTRAINT inspection_key IF NOT EXISTS FOR (thing:Inspection) REQUIRE thing.event_id IS UNIQUE;
CREATE CONSTRAINT state_interval_key IF NOT EXISTS FOR (thing:StateInterval) REQUIRE thing.interval_id IS UNIQUE;
CREATE CONSTRAINT mount_interval_key IF NOT EXISTS FOR (thing:MountInterval) REQUIRE thing.mount_id IS UNIQUE;
CREATE CONSTRAINT repair_key IF NOT EXISTS FOR (thing:Repair) REQUIRE thing.repair_id IS UNIQUE;
// The interval before another, and the mounts of one thing at one place, without walking from a machine.
CREATE INDEX state_interval_by_end IF NOT EXISTS FOR (thing:StateInterval) ON (thing.ended_by);
CREATE INDEX mount_interval_by_track IF NOT EXISTS FOR (thing:MountInterval) ON (thing.track);
