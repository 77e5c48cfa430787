# SPDX-License-Identifier: MIT
"""How far Hypothesis goes: quick unless the environment asks for `HYPOTHESIS_PROFILE=deep`."""

import os

try:
    from hypothesis import HealthCheck, settings
except ImportError:  # the tests that need it skip themselves
    pass
else:
    SLOW_HERE = [HealthCheck.too_slow, HealthCheck.data_too_large]  # a shared machine is no fault of a strategy
    settings.register_profile(
        "quick", max_examples=50, deadline=None, suppress_health_check=SLOW_HERE, derandomize=True
    )  # the same examples on every machine; `deep` draws new ones
    settings.register_profile("deep", max_examples=2_000, deadline=None, suppress_health_check=SLOW_HERE)
    settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))

collect_ignore_glob = ["fixtures/*"]  # packs that are wrong on purpose
