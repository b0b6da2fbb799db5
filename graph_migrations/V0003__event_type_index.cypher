// The few events of a defining type are found among millions without walking from every thing they define.
CREATE INDEX event_by_type IF NOT EXISTS FOR (event:Event) ON (event.type);
