export const RECALL = `query Recall($scope: RecallScope!, $first: Int, $after: Cursor) {
  recallImpact(scope: $scope) {
    answer { asOf complete limitHit findings { code message things } }
    totals { low high lots definiteLots possibleLots orders customers shipments }
    lots(first: $first, after: $after) {
      totalCount pageInfo { hasNextPage endCursor }
      nodes {
        lot { lotId currentOperation } since certainty low high quantity
        dispositions { disposition low high }
        evidence { steps { relation fromKey toKey at event { eventId source } } }
      }
    }
    units(first: 50) { totalCount nodes { certainty unit { unitId lot { lotId } } } }
    orders { order { orderId } certainty low high }
    customers { customer { customerId } certainty }
    shipments { shipment { shipmentId } certainty low high }
  }
}`;

export type Certainty = "DEFINITE" | "POSSIBLE";

export interface AffectedLot {
  lot: { lotId: string; currentOperation: string | null };
  since: string;
  certainty: Certainty;
  low: number;
  high: number;
  quantity: number;
  dispositions: { disposition: string; low: number; high: number }[];
  evidence: { steps: { relation: string; fromKey: string; toKey: string; at: string; event: { eventId: string; source: string } }[] }[];
}

export interface AffectedUnit {
  certainty: Certainty;
  unit: { unitId: string; lot: { lotId: string } | null };
}

export interface Totals {
  low: number;
  high: number;
  lots: number;
  definiteLots: number;
  possibleLots: number;
}

export interface Impact {
  answer: { asOf: string; complete: boolean; limitHit: string | null; findings: { code: string; message: string; things: string[] }[] };
  totals: Totals & { orders: number; customers: number; shipments: number };
  lots: { totalCount: number; pageInfo: { hasNextPage: boolean; endCursor: string | null }; nodes: AffectedLot[] };
  units: { totalCount: number; nodes: AffectedUnit[] };
  orders: { order: { orderId: string }; certainty: Certainty; low: number; high: number }[];
  customers: { customer: { customerId: string }; certainty: Certainty }[];
  shipments: { shipment: { shipmentId: string }; certainty: Certainty; low: number; high: number }[];
}
