"""What an admin's script does with proxmoxer: one guest after the other, each task awaited."""

import json
import os
import sys
import time

from proxmoxer import ProxmoxAPI

verb = sys.argv[1]
pve = ProxmoxAPI(
    "127.0.0.1:" + os.environ["BENCH_PORT"],
    user="root@pam",
    token_name="pmx",
    token_value=os.environ["BENCH_SECRET"],
    verify_ssl=False,
)
pause = float(os.environ.get("BENCH_PAUSE", "1"))


def wait(node, upid):
    while True:
        status = pve.nodes(node).tasks(upid).status.get()
        if status["status"] == "stopped":
            assert status["exitstatus"] == "OK", status
            return
        time.sleep(pause)


def call(vm):
    if verb == "start":
        return vm.status.start.post()
    if verb == "stop":
        return vm.status.stop.post()
    if verb == "snapshot":
        return vm.snapshot.post(snapname="serial")
    return vm.delete(purge=1)


for node, vmid in json.loads(os.environ["BENCH_GUESTS"]):
    wait(node, call(pve.nodes(node).qemu(vmid)))
