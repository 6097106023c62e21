"""Settings of the tests of kernels: the first call of a kernel may compile it, so no test is timed."""

from hypothesis import settings

settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")
