"""The connector instances that a service needs to hear this factory (factory.yaml)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML

from simulator.hsms import machine as hsms

_VARIABLES: Final = {
    "Clock": hsms.CLOCK,
    "ProcessState": hsms.PROCESS_STATE,
    "LotID": hsms.LOT_ID,
    "PPID": hsms.PPID,
    "OperatorID": hsms.OPERATOR_ID,
    "GoodCount": hsms.GOOD_COUNT,
    "ScrapCount": hsms.SCRAP_COUNT,
    "TotalCount": hsms.TOTAL_COUNT,
    "StripID": hsms.STRIP_ID,
}
_TABLES: Final = {
    "e10": {
        hsms.IDLE: "STANDBY",
        hsms.EXECUTING: "PRODUCTIVE",
        hsms.PAUSE: "UNSCHEDULED_DOWN",
        "*": "UNKNOWN",
    },
    "process": {hsms.IDLE: "IDLE", hsms.EXECUTING: "EXECUTING", hsms.PAUSE: "PAUSE", "*": "OTHER"},
}


def bonder(equipment_id: str, port: int, operation: str) -> dict[str, Any]:
    """One HSMS machine: its variables, and what its collection events mean."""
    fact = {"lot_id": "LotID", "operation": f"={operation}"}
    return {
        "connector": "secs_gem",
        "id": equipment_id.lower(),
        "equipment_id": equipment_id,
        "host": "127.0.0.1",
        "port": port,
        "timeouts": {"t3": 10, "t5": 1, "t6": 5, "t7": 10, "t8": 5, "linktest": 10, "establish": 5},
        "variables": _VARIABLES,
        "tables": _TABLES,
        "collection_events": {
            hsms.PROCESS_CHANGED: {
                "name": "ProcessStateChange",
                "report": ["Clock", "ProcessState", "LotID"],
                "facts": [
                    {
                        "event": "EquipmentStateChanged",
                        "fields": {
                            "state": "ProcessState->e10",
                            "process_state": "ProcessState->process",
                            "lot_id": "LotID?",
                        },
                    }
                ],
            },
            hsms.LOT_START: {
                "name": "LotStart",
                "report": ["Clock", "LotID", "PPID", "OperatorID"],
                "facts": [
                    {
                        "event": "LotTrackedIn",
                        "fields": {
                            **fact,
                            "recipe_id": "PPID?",
                            "recipe_version": "=1",
                            "operator_id": "OperatorID?",
                        },
                    }
                ],
            },
            hsms.LOT_END: {
                "name": "LotEnd",
                "report": ["Clock", "LotID", "GoodCount", "ScrapCount", "TotalCount"],
                "facts": [
                    {
                        "event": "LotTrackedOut",
                        "fields": {**fact, "good": "GoodCount", "scrap": "ScrapCount"},
                    },
                    {"event": "ProductionCounted", "fields": {"total": "TotalCount", "lot_id": "LotID"}},
                ],
            },
        },
        "ignored_events": [hsms.STRIP_OUT],
        "alarms": {"enabled": True, "categories": {5: "ATTENTION"}},
    }


def scanner(path: Path) -> dict[str, Any]:
    """The barcode scanner beside the second die bonder."""
    return {
        "connector": "barcode",
        "id": "scan-db-02",
        "port": str(path),
        "equipment_id": "DB-02",
        "operation": "DIE_BONDING",
        "location_id": "DB-02-INPUT",
        "unit": "G",
    }


def dropped_files(folder: Path, name: str, operation: str, equipment_id: str) -> dict[str, Any]:
    """A shared folder of strip or panel maps and test data."""
    return {
        "connector": "file_drop",
        "id": name,
        "folder": str(folder),
        "poll_s": 0.5,
        "operation": operation,
        "equipment_id": equipment_id,
    }


def write(path: Path, connectors: list[dict[str, Any]]) -> None:
    """Write factory.yaml whole."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        YAML().dump({"connectors": connectors}, file)
    fresh.replace(path)
