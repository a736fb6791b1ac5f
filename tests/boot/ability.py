"""What a computer must have to boot a machine."""

import os
import shutil
import sys

TOOLS = ("systemd-nspawn", "debootstrap", "nsenter", "unshare", "chroot", "dpkg-deb", "openssl", "ip")


def missing() -> str | None:
    """Say what this computer lacks to boot a machine."""
    if sys.platform != "linux":
        return "booting a machine takes Linux"
    if os.geteuid() != 0:
        return "booting a machine takes root"
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    lacking = [tool for tool in TOOLS if not shutil.which(tool, path=path)]
    if lacking:
        return f"booting a machine takes {', '.join(lacking)}: apt-get install systemd-container debootstrap"
    return None
