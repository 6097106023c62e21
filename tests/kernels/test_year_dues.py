"""What falls due within a year, against a reckoning row by row."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from postloan.kernels.loan_arrays import offsets
from postloan.kernels.year_dues import AHEAD, AT_ONCE, BEHIND, service_within

WINDOW = (100, 200, 300)
DAYS = st.integers(90, 310) | st.sampled_from([100, 101, 200, 201, 300, 301])
DUE = st.tuples(DAYS, *[st.integers(0, 10**12)] * 3)
LOANS = st.lists(st.tuples(st.booleans(), st.lists(DUE, max_size=6)), max_size=5)


@given(loans=LOANS)
def test_sums_are_those_of_a_reckoning_row_by_row(loans) -> None:
    numbers = np.arange(3, 3 + 2 * len(loans), 2, dtype=np.int64)
    rows = [
        (number, *due) for number, (_even, dues) in zip(numbers, loans, strict=True)
        for due in sorted(dues, key=lambda due: due[0])
    ]  # fmt: skip
    columns = np.array(rows, np.int64).reshape(-1, 5).T.copy()
    found = np.zeros((3, len(loans)), np.int64)
    service_within(
        offsets(columns[0], numbers), columns[1].astype(np.int32), (columns[2], columns[3], columns[4]),
        np.array([even for even, _ in loans], np.bool_), WINDOW, found,
    )  # fmt: skip
    for at, (even, dues) in enumerate(loans):
        mine = sorted(dues, key=lambda due: due[0])
        apart = [0] * len(mine)
        if mine and not even:
            apart[-1] = mine[-1][1]
        ahead = [(sum(due[1:]) - alone, alone) for due, alone in zip(mine, apart, strict=True) if 200 < due[0] <= 300]
        behind = [sum(due[1:]) - alone for due, alone in zip(mine, apart, strict=True) if 100 < due[0] <= 200]
        assert found[AHEAD, at] == sum(cents for cents, _ in ahead)
        assert found[AT_ONCE, at] == sum(alone for _, alone in ahead)
        assert found[BEHIND, at] == sum(behind)
