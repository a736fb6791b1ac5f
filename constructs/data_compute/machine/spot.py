"""Which instance types can stand in for one another on Spot: what is scarce in one is to be had in the next."""

from collections.abc import Mapping
from types import MappingProxyType

# By processor, and whether it is burstable: EC2 takes credits in a template for all types of a group, or for none.
# What nearly every region has.
KINDS = (("t4g",), ("c6g", "c7g", "m6g", "m7g", "r6g", "r7g"), ("t3", "t3a"), ("c5", "c6i", "m5", "m6i", "r5", "r6i"))
# Gigabytes for each processor.
MEMORY: Mapping[str, int] = MappingProxyType({"c": 2, "m": 4, "r": 8})
PROCESSORS: Mapping[str, int] = MappingProxyType({"large": 2, "xlarge": 4, "2xlarge": 8, "4xlarge": 16, "8xlarge": 32})
# Processors and gigabytes.
BURSTABLE: Mapping[str, tuple[int, int]] = MappingProxyType(
    {"micro": (2, 1), "small": (2, 2), "medium": (2, 4), "large": (2, 8), "xlarge": (4, 16), "2xlarge": (8, 32)}
)


def alternatives(instance_type: str) -> list[str]:
    """Name the type itself, and others as good: no fewer processors, and as much memory, or up to double."""
    for kind in KINDS:
        sizes = {name: size for family in kind for name, size in _sizes(family).items()}
        if instance_type in sizes:
            processors, memory = sizes[instance_type]
            others = [
                (size, name)
                for name, size in sizes.items()
                if processors <= size[0] <= 2 * processors and memory <= size[1] <= 2 * memory and name != instance_type
            ]
            return [instance_type, *(name for _, name in sorted(others))]
    families = ", ".join(family for kind in KINDS for family in kind)
    raise ValueError(
        f"spot: nothing is known to stand in for {instance_type}, and one type alone is often not to be had: use a "
        f"type of {families}, such as t4g.small or m7g.large"
    )


def _sizes(family: str) -> Mapping[str, tuple[int, int]]:
    if family.startswith("t"):
        return {f"{family}.{size}": of for size, of in BURSTABLE.items()}
    memory = MEMORY[family[0]]
    return {f"{family}.{size}": (many, many * memory) for size, many in PROCESSORS.items()}
