"""A machine's first boot: what it fetches, installs, starts and proves, and how it says whether that went well."""

from collections.abc import Callable
from dataclasses import dataclass

from local_aws.client import client
from local_aws.machines import boot, python
from local_aws.machines.disk import Disk
from local_aws.machines.role import client_of
from local_aws.machines.service import Service
from local_aws.machines.user_data import Settings
from ops.answers.output import shown


@dataclass(frozen=True)
class FirstBoot:
    """One machine's."""

    instance_id: str
    account: str
    settings: Settings
    endpoint: str
    disk: Disk
    log: Callable[[str], None]

    def take_steps(self, start_app: Callable[[], Service]) -> None:
        """Boot, or raise what is wrong."""
        machine = self.settings.machine
        self.log("fetching the app")
        s3 = client_of(self.instance_id, "s3", self.endpoint)
        boot.fetch(s3, machine["BOOT_FILES"], self.disk.boot_files)
        boot.fetch(s3, machine["SERVICE_FILES"], self.disk.service_files)
        boot.fetch(s3, machine["APP_FILES"], self.disk.app)
        for part in machine.get("PARTS", "").split():
            name, _, files = part.partition("=")
            boot.fetch(s3, files, self.disk.parts / name)
            self.log(f"part {name} is for a real machine: here, it has a say in the app's server alone")
        boot.check_entry_file(self.disk, machine["ENTRY_FILE"])
        self.log("installing the app's requirements")
        boot.check_requirements(self.disk)
        boot.check_program(python.for_app(self.disk.app, self.disk.venv), self.disk)
        self.log("starting the app")
        boot.prove(start_app(), self.disk.contract)
        if group := machine.get("TARGET_GROUP"):
            self.log("waiting for the load balancer to find the machine well")
            boot.wait_until_well(client_of(self.instance_id, "elbv2", self.endpoint), group, self.instance_id)

    def keep_failure(self, error: Exception) -> str:
        """Note why a machine did not come up, and say it as the CDK command line prints it, as a stack's reason."""
        failure = boot.why(error)
        self.log(f"failed: {failure}")
        told = f"{self.instance_id}: {failure}\n"
        lines = self.disk.last_app_lines() if isinstance(error, boot.BootError) else []
        if lines:
            told += "the app's last lines:\n" + "\n".join(f"  {line}" for line in lines) + "\n"
            failure += f": {shown('; '.join(self.disk.last_words()))}"
        self.disk.failure.write_text(told, encoding="utf-8")
        return failure

    def signal(self, *, good: bool) -> None:
        """Tell CloudFormation, as whom the machine's system does."""
        # Ubuntu's cfn-signal calls as the machine's role; Amazon Linux's needs no right.
        if self.settings.machine["SYSTEM"].startswith("ubuntu"):
            cloudformation = client_of(self.instance_id, "cloudformation", self.endpoint)
        else:
            cloudformation = client("cloudformation", self.endpoint, self.account)
        try:
            boot.signal(cloudformation, self.settings.machine, self.instance_id, good=good)
        except boot.BootError as error:
            self.log(str(error))
