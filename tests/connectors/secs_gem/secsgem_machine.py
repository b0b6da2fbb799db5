"""A machine built on secsgem's equipment side: a stranger's idea of the same standards.

Run as a program with a port; each line on stdin is a lot that starts, or an alarm (``!set``, ``!clear``).
"""

import logging
import sys
import threading
from datetime import datetime, timedelta, timezone

import secsgem.common
import secsgem.gem
import secsgem.hsms
import secsgem.secs

_TAIPEI = timezone(timedelta(hours=8))


class Machine(secsgem.gem.GemEquipmentHandler):
    def __init__(self, port: int) -> None:
        settings = secsgem.hsms.HsmsSettings(
            address="127.0.0.1",
            port=port,
            connect_mode=secsgem.hsms.HsmsConnectMode.PASSIVE,
            device_type=secsgem.common.DeviceType.EQUIPMENT,
            t3=2,  # its S5F1 asks for no answer and then waits for one
        )
        super().__init__(settings)
        self.MDLN = "secsgem"
        self.SOFTREV = "0.3.0"
        self.lot = ""
        variable = secsgem.gem.StatusVariable
        text, number = secsgem.secs.variables.String, secsgem.secs.variables.U4
        self.status_variables.update(
            {
                1002: variable(1002, "State", "", number, use_callback=True),
                2001: variable(2001, "LotID", "", text, use_callback=True),
                2002: variable(2002, "PPID", "", text, use_callback=True),
                1001: variable(1001, "Clock", "", text, use_callback=True),
            }
        )
        self.collection_events.update(
            {
                ceid: secsgem.gem.CollectionEvent(ceid, name, [])
                for ceid, name in ((3001, "ProcessStateChange"), (3002, "LotStart"))
            }
        )
        self.alarms.update({7: secsgem.gem.Alarm(7, "NSOP", "no stick on pad", 4, 3001, 3001)})

    def on_sv_value_request(
        self, _svid: secsgem.secs.variables.Base, sv: secsgem.gem.StatusVariable
    ) -> secsgem.secs.variables.Base:
        values = {
            1001: datetime.now(_TAIPEI).strftime("%Y%m%d%H%M%S%f")[:16],
            1002: 4,
            2001: self.lot,
            2002: "PP-1",
        }
        return sv.value_type(values[sv.svid])


def _play(machine: Machine) -> None:
    for line in sys.stdin:
        word = line.strip()
        if word == "!set":
            machine.set_alarm(7)
        elif word == "!clear":
            machine.clear_alarm(7)
        else:
            machine.lot = word
            machine.trigger_collection_events([3002])


if __name__ == "__main__":
    logging.disable()
    played = Machine(int(sys.argv[1]))
    played.enable()
    print("ready", flush=True)
    threading.Thread(target=_play, args=(played,), daemon=True).start()
    threading.Event().wait()
