"""The main job as a user of proxmoxer writes it. Settings come from the environment."""

import json
import os
import sys
import time

from proxmoxer import ProxmoxAPI
from proxmoxer.core import ResourceException

secret = os.environ["LAB_SECRET"]
host = "127.0.0.1:" + os.environ["LAB_PORT"]
by_token = ProxmoxAPI(
    host, user="root@pam", token_name="pmx", token_value=secret, verify_ssl=False
)
by_password = ProxmoxAPI(host, user="root@pam", password=secret, verify_ssl=False)
template = int(os.environ["LAB_TEMPLATE"])
seen = {}


def wait(pve, upid):
    for _ in range(300):
        status = pve.nodes("pve1").tasks(upid).status.get()
        if status["status"] == "stopped":
            assert status["exitstatus"] == "OK", status["exitstatus"]
            return
        time.sleep(0.2)
    raise AssertionError("no end within 60 s: " + upid)


for name, pve in {"token": by_token, "password": by_password}.items():
    vmid = int(pve.cluster.nextid.get())
    node = pve.nodes("pve1")
    wait(pve, node.qemu(template).clone.post(newid=vmid, name="px-" + name, full=0))
    vm = node.qemu(vmid)
    vm.config.put(memory=1024, ciuser="ann", ipconfig0="ip=10.0.0.9/24,gw=10.0.0.1")
    wait(pve, vm.resize.put(disk="scsi0", size="+64M"))
    wait(pve, vm.status.start.post())
    for _ in range(30):
        try:
            vm.agent.ping.post()
            break
        except ResourceException:
            time.sleep(0.2)
    addresses = [
        entry["ip-address"]
        for device in vm.agent("network-get-interfaces").get()["result"]
        for entry in device.get("ip-addresses", [])
    ]
    wait(pve, vm.snapshot.post(snapname="before"))
    snapshots = [row["name"] for row in vm.snapshot.get()]
    wait(pve, vm.snapshot("before").delete())
    config = vm.config.get()
    wait(pve, vm.status.stop.post())
    wait(pve, vm.delete(purge=1))
    seen[name] = {
        "version": pve.version.get()["version"],
        "addresses": addresses,
        "snapshots": snapshots,
        "memory": config["memory"],
        "left": [row["vmid"] for row in node.qemu.get() if int(row["vmid"]) == vmid],
    }

try:
    by_token.nodes("pve1").qemu(4711).config.get()
    seen["missing"] = "no error"
except ResourceException as error:
    seen["missing"] = "%d %s" % (error.status_code, error.content)

json.dump(seen, sys.stdout)
