"""Boots the instances that EC2 says are running, and pulls the plug of those that it has terminated."""

import base64
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.boot.cloud import Cloud
from tests.boot.image import Image
from tests.boot.machine import Machine
from tests.boot.metadata_service import Identity

# A boot is busy on one core or waits; more would only make each of them slower.
BOOTS_AT_ONCE = 3
CONSOLE_LINES = 60


class Hypervisor:
    """All machines of one embedded AWS. The terminated stay to be asked what their console said."""

    def __init__(self, cloud: Cloud, image: Image, folder: Path) -> None:
        self._cloud, self._image, self._folder = cloud, image, folder
        self._machines: dict[str, Machine] = {}
        self._options: dict[str, dict[str, str]] = {}
        self._may_compile: set[str] = set()
        self._lock = threading.Lock()

    def give(self, stack_name: str, **options: str) -> None:
        """Give the machines of a stack something else than the others have: ``system``, ``disk`` or ``offer``."""
        self._options[stack_name] = options

    def let_compile(self, stack_name: str) -> None:
        """Let the machine of a stack compile all bytecode once its page answers: ten seconds of a processor."""
        self._may_compile.add(stack_name)

    def machine(self, stack_name: str) -> Machine:
        """Give the machine of a stack: the newest, if there were several."""
        found = self.find(stack_name)
        assert found, f"no machine of {stack_name} has been booted"
        return found

    def deployed(self, stack_name: str, seconds: float) -> Machine:
        """Wait until a stack is deployed, and give its machine; where it came to nothing, tell all that is known."""
        status = self._cloud.wait(stack_name, seconds)
        if status not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            failed = [event for event in self._cloud.events(stack_name) if "FAILED" in event["ResourceStatus"]]
            reasons = [f"{event['LogicalResourceId']}: {event.get('ResourceStatusReason')}" for event in failed]
            machine = self.find(stack_name)
            console = machine.console.splitlines()[-CONSOLE_LINES:] if machine else ["no machine was booted"]
            pytest.fail("\n".join([f"{stack_name}: {status}", *reasons, *console]), pytrace=False)
        return self.machine(stack_name)

    def find(self, stack_name: str) -> Machine | None:
        """Give the machine of a stack, if there is one yet."""
        with self._lock:
            return next((one for one in reversed(self._machines.values()) if one.stack_name == stack_name), None)

    def at(self, address: str) -> Machine | None:
        """Give the machine that an Elastic IP leads to now."""
        addresses = self._cloud.ec2.describe_addresses()["Addresses"]
        found = next(one for one in addresses if one["PublicIp"] == address)
        return self._machines.get(found.get("InstanceId") or "")

    def follow(self) -> None:
        """Bring the machines into the state that EC2's records are in."""
        # The terminated stay on record, and reading dozens of them again and again takes half of a processor.
        running = [{"Name": "instance-state-name", "Values": ["running"]}]
        reservations = self._cloud.ec2.describe_instances(Filters=running)["Reservations"]
        instances = {one["InstanceId"]: one for reservation in reservations for one in reservation["Instances"]}
        for instance_id, instance in instances.items():
            if instance_id not in self._machines and self._may_boot():
                self._boot(instance)
        for instance_id, machine in [*self._machines.items()]:
            if instance_id not in instances:
                machine.stop()
            elif machine.stack_name not in self._may_compile:
                machine.stop_compiling()

    def end(self) -> None:
        """Pull every plug."""
        with self._lock:
            machines = [*self._machines.values()]
        for machine in machines:
            machine.stop()

    def _may_boot(self) -> bool:
        return sum(not machine.booted for machine in self._machines.values()) < BOOTS_AT_ONCE

    def _boot(self, instance: Mapping[str, Any]) -> None:
        instance_id = instance["InstanceId"]
        asked = self._cloud.ec2.describe_instance_attribute(InstanceId=instance_id, Attribute="userData")
        image = self._cloud.ec2.describe_images(ImageIds=[instance["ImageId"]])["Images"][0]
        stack_name = next(tag["Value"] for tag in instance["Tags"] if tag["Key"] == "aws:cloudformation:stack-name")
        # EC2's record has them on AWS, and not in the embedded one.
        options = self._cloud.machine_data(stack_name).get("MetadataOptions", {})
        folder = self._folder / instance_id
        folder.mkdir()
        machine = Machine(
            self._image,
            Identity(instance_id, version_2_only=options.get("HttpTokens") == "required"),
            base64.b64decode(asked["UserData"]["Value"]).decode(),
            folder,
            stack_name=stack_name,
            cloud_port=self._cloud.port,
            **{"system": "ubuntu" if "ubuntu" in image["Name"] else "amazon_linux"} | self._options.get(stack_name, {}),
        )
        with self._lock:
            self._machines[instance_id] = machine


@contextmanager
def running_hypervisor(cloud: Cloud, image: Image, folder: Path) -> Iterator[Hypervisor]:
    """Follow EC2 until the tests are through."""
    hypervisor = Hypervisor(cloud, image, folder)
    over = threading.Event()

    def follow() -> None:
        while not over.wait(0.2):
            try:
                hypervisor.follow()
            except Exception as error:
                cloud.broken = error
                raise

    thread = threading.Thread(target=follow)
    thread.start()
    try:
        yield hypervisor
    finally:
        over.set()
        thread.join()
        hypervisor.end()
