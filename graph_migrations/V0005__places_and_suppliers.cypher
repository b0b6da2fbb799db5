// Where things were carried, and who supplied them (twin/vocabulary/graph.py).
CREATE CONSTRAINT location_key IF NOT EXISTS FOR (thing:Location) REQUIRE thing.location_id IS UNIQUE;
CREATE CONSTRAINT supplier_key IF NOT EXISTS FOR (thing:Supplier) REQUIRE thing.supplier_id IS UNIQUE;
