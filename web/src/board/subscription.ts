import type { Frame } from "../api/live";
import type { Equipment } from "./states";

export const EQUIPMENT_STATES = `subscription Board($lineId: String, $after: Cursor) {
  equipmentStates(lineId: $lineId, after: $after) {
    kind seq cursor at
    equipments {
      equipmentId equipmentType lineId state stateSince processState reasonCode connected
      lot { lotId } recipeId recipeVersion openAlarms { alarmId text }
    }
  }
}`;

export interface EquipmentFrame extends Frame {
  equipments: Equipment[];
}

/** A snapshot replaces everything shown; a delta replaces the machines it names. */
export function applied(shown: Map<string, Equipment>, frame: EquipmentFrame): Map<string, Equipment> {
  const whole = frame.kind === "SNAPSHOT" || frame.kind === "RESYNC";
  const next = whole ? new Map<string, Equipment>() : new Map(shown);
  for (const equipment of frame.equipments) next.set(equipment.equipmentId, equipment);
  return next;
}
