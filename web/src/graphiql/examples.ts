/** The factory's usual questions, one tab each. */
export const EXAMPLES: { query: string; variables: object }[] = [
  {
    query: `# Every machine: state, since when, with which lot
query Machines($first: Int) {
  equipments(first: $first) {
    totalCount
    nodes { equipmentId equipmentType lineId state stateSince connected lot { lotId } openAlarms { code text } }
  }
}`,
    variables: { first: 50 },
  },
  {
    query: `# Live: first a snapshot, then one frame per change
subscription Board($lineId: String) {
  equipmentStates(lineId: $lineId) { kind seq at equipments { equipmentId state stateSince lot { lotId } } }
}`,
    variables: { lineId: null },
  },
  {
    query: `# A bad material lot: which lots, how sure, how many units
query Recall($scope: RecallScope!) {
  recallImpact(scope: $scope) {
    totals { low high lots definiteLots possibleLots orders customers shipments }
    lots(first: 50) {
      nodes { lot { lotId } certainty low high quantity since dispositions { disposition low high } }
    }
    customers { customer { customerId } certainty orders shipments }
    answer { complete limitHit findings { code message things } }
  }
}`,
    variables: { scope: { materialLot: { materialLotId: "AG-PASTE-01-02" } } },
  },
  {
    query: `# One lot: where it stands, what it met
query Lot($lotId: String!) {
  lot(lotId: $lotId) {
    status wipStatus quantity looseQuantity product { productId } orders { orderId }
    runs { operation equipment { equipmentId } attempt startedAt endedAt good scrap inferred }
    consumptions { operation materialLot { materialLotId } quantity { value unit } at }
    parents { from { lotId } quantity at } children { to { lotId } quantity at }
  }
}`,
    variables: { lotId: "L01-003" },
  },
  {
    query: `# Everything that went into a lot
query Ancestors($of: ThingRef!) {
  genealogy(of: $of, direction: ANCESTORS, first: 200) {
    nodes { key kind level until }
    edges { from to relation at }
    answer { complete }
  }
}`,
    variables: { of: { kind: "LOT", key: "L01-003" } },
  },
  {
    query: `# Where a material lot was used, one level
query WhereUsed($of: ThingRef!) {
  whereUsed(of: $of) { totalCount nodes { kind at quantity { value unit } user { ... on Lot { lotId } } } }
}`,
    variables: { of: { kind: "MATERIAL_LOT", key: "AG-PASTE-01-02" } },
  },
  {
    query: `# A strip map and the dies on it
query Strip($id: String!) {
  substrate(substrateId: $id) {
    kind columns rows
    map { origin axis bins legend { bin quality name } binCounts { bin count } }
    transfers(direction: ANCESTORS, first: 40) { totalCount nodes { from { substrate { substrateId } x y } x y conflict } }
  }
}`,
    variables: { id: "L01-001-S1" },
  },
];
