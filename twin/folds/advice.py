"""How serious each kind of finding is, and what to do about it."""

from __future__ import annotations

from typing import Final, NamedTuple


class Advice(NamedTuple):
    """How serious a finding is, and a hint for whoever looks at it."""

    severity: str
    hint: str


ADVICE: Final = {
    "clock.future": Advice(
        "WARNING",
        "Set the clock of the system that sent it; void the event and send it with the right time.",
    ),
    "clock.skew": Advice("INFO", "The clock of a machine was set, or a spool was emptied late."),
    "consumption.empty_lot": Advice(
        "WARNING",
        "Look for a missing LotCreated or merge, or for a scan against the wrong lot.",
    ),
    "consumption.expired": Advice(
        "WARNING",
        "Ask for the recall of this material lot: it lists the lots that used it too late.",
    ),
    "consumption.not_usable_yet": Advice(
        "WARNING",
        "Ask for the recall of this material lot: it lists the lots that used it too early.",
    ),
    "die.used_twice": Advice("WARNING", "One of the transfers is wrong; both are kept."),
    "equipment.unknown": Advice("INFO", "Send EquipmentRegistered, or correct the name where it was typed."),
    "event.id_reused": Advice(
        "WARNING",
        "The first one counts; give the other an id of its own and send it again. A void "
        "of the first one settles this.",
    ),
    "lot.created_twice": Advice("WARNING", "Void the wrong one."),
    "lot.unknown": Advice("WARNING", "Send LotCreated, or correct the name where it was typed."),
    "map.bin_unknown": Advice("INFO", "Complete the bin definitions, and send the map again."),
    "map.rotated": Advice("WARNING", "Look at the reference die; void the wrong map and send it again."),
    "material.unknown": Advice(
        "INFO",
        "Send MaterialDefined, or name it among the aliases of the material that it is.",
    ),
    "material_lot.unknown": Advice(
        "WARNING",
        "Send MaterialLotReceived, or correct the label that was scanned.",
    ),
    "order.unknown": Advice("WARNING", "Send OrderReceived, or correct the name where it was typed."),
    "product.unknown": Advice("INFO", "Send ProductDefined, or correct the name where it was typed."),
    "quantity.imbalance": Advice(
        "WARNING",
        "Compare the quantities of its splits, merges, scrap and packing.",
    ),
    "recipe.mismatch": Advice(
        "WARNING",
        "Hold the lot, compare the recipe in the machine with the approved one.",
    ),
    "recipe.unknown": Advice("INFO", "Send RecipeUploaded, or correct the name on the machine."),
    "run.no_track_in": Advice("INFO", "Look for the missed scan, and send the track-in late."),
    "run.no_track_out": Advice("INFO", "Look for the missed scan, and send the track-out late."),
    "run.opened_twice": Advice("INFO", "Nothing, if it was a double scan; else void the wrong track-in."),
    "sequence.gap": Advice(
        "WARNING",
        "Events of this source are still on their way, or lost before they reached the twin.",
    ),
    "site.no_die": Advice("WARNING", "A transfer was not reported, or went down under another site."),
    "site.two_dies": Advice("WARNING", "A re-pick or a position reset of the bonder; look at the strip."),
    "substrate.in_two_lots": Advice(
        "WARNING",
        "Look which magazine it lay in, and void the wrong registration.",
    ),
    "substrate.unknown": Advice("INFO", "Send SubstrateRegistered, or correct the code that was read."),
    "unit.identified_twice": Advice(
        "WARNING",
        "Two units may carry one name, or one file was read again under other event ids.",
    ),
    "unit.lot_unknown": Advice("INFO", "Name the units in the split, merge, scrap or packing."),
}
"""By the codes of findings."""
