"""Orders of payment laid out for the kernel: by policy, stage and place."""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from postloan.rules.servicing import AllocationOrder, Stage, StageOrder
from postloan.tables.units import COMPONENTS

_STAGES = get_args(Stage)
_OF_INSTALMENTS = ("fee", "interest", "principal")


class Orders(NamedTuple):
    """Which component is paid at each place, and which places are paid instalment by instalment together.

    components  [policy, stage, place]: index into COMPONENTS; policy 0 is of all products that have none of their own.
    groups      [policy, stage, place]: a number; neighbours that share it are one group.
    products    the products with a policy of their own; the first has policy 1.
    """

    components: NDArray[np.int8]
    groups: NDArray[np.int8]
    products: tuple[str, ...]


def orders_of(law: AllocationOrder, bank: Sequence[StageOrder]) -> Orders:
    """Lay out the law's order, by instalment, with the bank's over it, and a product's own over the general."""
    products = tuple(dict.fromkeys(product for order in bank for product in order.products or ()))
    shape = (1 + len(products), len(_STAGES), len(COMPONENTS))
    components, groups = np.empty(shape, np.int8), np.empty(shape, np.int8)
    components[:], groups[:] = _codes(law.components), _groups(law.components, "instalment")
    for order in sorted(bank, key=lambda order: order.products is not None):
        rows = [1 + products.index(product) for product in order.products] if order.products else slice(None)
        stage = _STAGES.index(order.stage)
        components[rows, stage], groups[rows, stage] = _codes(order.order), _groups(order.order, order.by)
    return Orders(components, groups, products)


def _codes(order: Sequence[str]) -> list[int]:
    return [COMPONENTS.index(component) for component in order]


def _groups(order: Sequence[str], by: str) -> list[int]:
    """Number the groups: by instalment, components of instalments that stand side by side are one."""
    numbers = [0]
    for before, component in pairwise(order):
        joins = by == "instalment" and before in _OF_INSTALMENTS and component in _OF_INSTALMENTS
        numbers.append(numbers[-1] + (0 if joins else 1))
    return numbers
