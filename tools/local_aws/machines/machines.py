"""The machines follow EC2's records: whatever EC2 says is running runs, and nothing else does."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from local_aws.machines import user_data
from local_aws.machines.addresses import Addresses, AddressTakenError
from local_aws.machines.machine import Machine
from local_aws.machines.page_addresses import PageAddresses
from local_aws.ministack import records
from local_aws.state import State

Key = tuple[str, str, str]
Record = dict[str, Any]


class Machines:
    """All machines of the embedded AWS.

    :param run_here: whether instances are processes of this laptop; if not, somebody else boots them and signals.
    """

    def __init__(self, state: State, port: int, *, run_here: bool = True) -> None:
        self.endpoint = f"http://127.0.0.1:{port}"
        self.run_here, self._state = run_here, state
        self._machines: dict[str, Machine] = {}
        self._addresses = Addresses()
        self.page_addresses = PageAddresses(self._addresses, self._ports)
        self._lock = threading.Lock()

    def follow(self) -> None:
        """Bring machines and addresses into the state that EC2's records are in; a boot goes on behind the caller."""
        with self._lock:
            instances = records.instances()
            known = {key[2] for key in instances}
            for instance_id in [one for one in self._machines if one not in known]:
                self._end(instance_id)
            for key, record in instances.items():
                self._follow_instance(key, record)
            self._follow_addresses(instances)

    def reboot(self, instance_ids: list[str]) -> None:
        """Turn machines off and on."""
        with self._lock:
            for machine in [self._machines[one] for one in instance_ids if one in self._machines]:
                machine.turn_off()
                machine.turn_on(machine.address)
                machine.wait_until_started()
            self._follow_addresses(records.instances())

    def failure(self, instance_id: str) -> str | None:
        """Say why a machine did not come up."""
        machine = self._machines.get(instance_id)
        return machine.failure if machine else None

    def get(self, instance_id: str) -> Machine | None:
        """Open the machine of an instance, if this laptop runs it."""
        return self._machines.get(instance_id)

    def private_port(self, instance_id: str, port: int) -> int | None:
        """Tell where a machine listens that serves a port, while it does."""
        machine = self._machines.get(instance_id)
        return machine.private_port if machine and machine.settings.port == port else None

    def run_jobs(self) -> None:
        """Let what machines run again and again run now: of the time that passes on AWS, little passes here."""
        with self._lock:
            machines = [machine for machine in self._machines.values() if machine.private_port]
        for machine in machines:
            machine.run_jobs()

    def is_silent(self, address: str, port: int) -> bool:
        """Tell whether nobody takes a packet at an Elastic IP."""
        return self._addresses.is_silent(address, port)

    def end(self) -> None:
        """Turn every machine off."""
        with ThreadPoolExecutor(max_workers=8) as pool:
            list(pool.map(Machine.turn_off, self._machines.values()))

    def _follow_instance(self, key: Key, record: Record) -> None:
        _, _, instance_id = key
        state = record["State"]["Name"]
        if state == "running":
            machine = self._machines.get(instance_id) or self._new_machine(key, record)
            if machine:
                machine.turn_on(self.page_addresses.of(*key))
        elif state == "terminated":
            self._end(instance_id)
        elif instance_id in self._machines:
            self._machines[instance_id].turn_off()

    def _new_machine(self, key: Key, record: Record) -> Machine | None:
        account, _, instance_id = key
        if not self.run_here:
            return None
        try:
            settings = user_data.read(record["UserData"])
        except user_data.UserDataError as error:
            print(f"{instance_id} runs no app: {error}", flush=True)
            return None
        if settings is None:
            return None
        machine = Machine(instance_id, account, settings, self._state.machines / instance_id, self.endpoint)
        self._machines[instance_id] = machine
        return machine

    def _end(self, instance_id: str) -> None:
        machine = self._machines.pop(instance_id, None)
        if machine:
            machine.turn_off()
            machine.disk.remove()

    def _ports(self) -> set[int]:
        return {machine.settings.port for machine in list(self._machines.values())}

    def _follow_addresses(self, instances: dict[Key, Record]) -> None:
        for record in instances.values():
            record["PublicIpAddress"] = record["PublicDnsName"] = ""
        wanted = set()
        for (account, region, _), record in records.addresses().items():
            instance = instances.get((account, region, record["InstanceId"] or ""))
            if not instance or instance["State"]["Name"] == "terminated":
                continue
            instance["PublicIpAddress"] = record["PublicIp"]
            machine = self._machines.get(instance["InstanceId"])
            if machine:
                if instance["State"]["Name"] == "running":
                    machine.move_to(record["PublicIp"])
                place = (record["PublicIp"], machine.settings.port)
                try:
                    self._addresses.point(*place, machine)
                except AddressTakenError:
                    record["InstanceId"] = record["AssociationId"] = None
                    raise
                wanted.add(place)
        self._addresses.keep_only(wanted)
