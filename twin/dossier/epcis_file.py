"""A dossier as an EPCIS 2.0 document in JSON-LD, written event by event."""

from __future__ import annotations

from typing import BinaryIO

import msgspec

from twin.dossier.about import head_told
from twin.dossier.epcis_events import epcis_event
from twin.dossier.epcis_terms import CONTEXT, uuid_of
from twin.records.dossier import Dossier, Language
from twin.vocabulary.instants import written


def write(dossier: Dossier, _language: Language, file: BinaryIO) -> None:
    """Write the facts of the answer that EPCIS has words for, in their order.

    What the answer says about itself stands in the field ``dieloom:dossier``.
    """
    told = head_told(dossier.head)
    head = {
        "@context": CONTEXT,
        "id": uuid_of(msgspec.json.encode(told, order="sorted").decode()),
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": written(dossier.head.known_at),
        "dieloom:dossier": told,
    }
    file.write(msgspec.json.encode(head)[:-1] + b',"epcisBody":{"eventList":[')
    between = b"\n"
    for event in dossier.events:
        shown = epcis_event(event, dossier.runs.get(event.event_id))
        if shown is not None:
            file.write(between + msgspec.json.encode(shown))
            between = b",\n"
    file.write(b"]}}\n")
