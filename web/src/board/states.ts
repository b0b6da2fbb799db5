export type EquipmentState =
  | "PRODUCTIVE"
  | "STANDBY"
  | "ENGINEERING"
  | "SCHEDULED_DOWN"
  | "UNSCHEDULED_DOWN"
  | "NON_SCHEDULED"
  | "UNKNOWN";

/** One path in a 24 x 24 box per state: shape says it before colour does. */
export const ICONS: Record<EquipmentState, string> = {
  PRODUCTIVE: "M7 4l13 8-13 8z",
  STANDBY: "M7 4h4v16H7zM14 4h4v16h-4z",
  ENGINEERING: "M14 3a6 6 0 0 0-5.7 7.9L3 16.2V21h4.8l5.3-5.3A6 6 0 1 0 14 3z",
  SCHEDULED_DOWN: "M5 4h3V2h2v2h4V2h2v2h3v17H5zM7 9v10h10V9z",
  UNSCHEDULED_DOWN: "M12 2l11 19H1zM11 9v6h2V9zM11 17v2h2v-2z",
  NON_SCHEDULED: "M5 5h14v14H5z",
  UNKNOWN: "M8 8a4 4 0 1 1 5.5 3.7V14h-3V10H12a1 1 0 1 0-1-1H8zM10.5 16.5h3v3h-3z",
};

export interface Equipment {
  equipmentId: string;
  equipmentType: string;
  lineId: string | null;
  state: EquipmentState;
  stateSince: string | null;
  processState: string | null;
  reasonCode: string | null;
  connected: boolean;
  lot: { lotId: string } | null;
  recipeId: string | null;
  recipeVersion: string | null;
  openAlarms: { alarmId: string; text: string }[];
}
