"""What workers are forked from: numba, ready to load compiled kernels. Nothing here may start a thread, or forks hang.

Making it ready takes as long as everything else that a worker imports; so it is done once for all workers of a machine.
"""

import gc

import numpy as np
import scipy.special  # noqa: F401 - the workers' curves ask it

from postloan.kernels.loan_arrays import offsets

offsets(np.zeros(1, np.int64), np.zeros(1, np.int64))
gc.freeze()
