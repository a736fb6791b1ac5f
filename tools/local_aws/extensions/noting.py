"""Each resource's properties are handed over so that what nobody reads of them is known."""

from collections.abc import Iterator
from contextlib import contextmanager

from local_aws.ministack import resources
from local_aws.ministack.resources import Properties
from local_aws.readings import Noted, Property, Record


def install(record: Record) -> None:
    """Note what is read, of all resources; after whatever else stands around them."""
    making: set[int] = set()

    @contextmanager
    def noted(resource_type: str, props: Properties) -> Iterator[Properties]:
        def tell(path: str) -> None:
            # Whoever reads it while nothing is made only answers a question about it.
            if making:
                record.keep(Property(resource_type, path))

        given = Noted(props, tell)
        making.add(id(given))
        try:
            yield given
        finally:
            making.discard(id(given))

    resources.hand_over(noted)
