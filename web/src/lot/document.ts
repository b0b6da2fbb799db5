const MOVED = `totalCount pageInfo { hasNextPage endCursor } nodes { from { x y substrate { substrateId } } }`;

export const LOT = `query Lot($id: String!) {
  lot(lotId: $id) {
    lotId status wipStatus quality quantity currentOperation product { productId } orders { orderId }
    currentEquipment { equipmentId openAlarms { alarmId text code setAt } reasonCode }
    holds(open: true) { holdId reasonCode note by heldAt }
    runs { operation equipment { equipmentId } startedAt endedAt position recipeId recipeVersion operatorId }
    consumptions { at operation materialLot { materialLotId material { name } } quantity { value unit } event { eventId } }
    parents { from { lotId } kind quantity at }
    children { to { lotId } kind quantity at }
    substrates { substrateId kind transfers(direction: ANCESTORS, first: 200) { ${MOVED} } }
  }
}`;

export const MORE_MOVED = `query MoreMoved($id: String!, $after: Cursor) {
  substrate(substrateId: $id) { transfers(direction: ANCESTORS, first: 500, after: $after) { ${MOVED} } }
}`;

export interface Derived {
  kind: string;
  quantity: number;
  at: string;
}

export interface Run {
  operation: string;
  equipment: { equipmentId: string } | null;
  startedAt: string | null;
  endedAt: string | null;
  position: string | null;
  recipeId: string | null;
  recipeVersion: string | null;
  operatorId: string | null;
}

export interface Substrate {
  substrateId: string;
  kind: string;
  transfers: Moved;
}

export interface Moved {
  totalCount: number;
  pageInfo: { hasNextPage: boolean; endCursor: string | null };
  nodes: { from: { x: number; y: number; substrate: { substrateId: string } } }[];
}

export interface LotShown {
  lotId: string;
  status: string;
  quality: string;
  quantity: number;
  currentOperation: string | null;
  product: { productId: string } | null;
  orders: { orderId: string }[];
  currentEquipment: { equipmentId: string; reasonCode: string | null } | null;
  holds: { holdId: string; reasonCode: string; note: string | null; by: string; heldAt: string }[];
  runs: Run[];
  consumptions: {
    at: string;
    operation: string;
    materialLot: { materialLotId: string; material: { name: string | null } | null };
    quantity: { value: number; unit: string };
    event: { eventId: string };
  }[];
  parents: (Derived & { from: { lotId: string } })[];
  children: (Derived & { to: { lotId: string } })[];
  substrates: Substrate[];
}
