# SPDX-License-Identifier: MIT
"""For the tests of a pack: profiles at and beside every threshold, profiles and packs that are drawn, and laws to hold them to.

``completed``, ``stepped``, ``boundary_profiles`` and the laws need nothing more than the library; ``profiles``,
``raised_pairs`` and ``packs`` need Hypothesis, which is imported only when one of them is called.
"""

from continuum.testing import laws
from continuum.testing.drawn import packs, rulebook_of
from continuum.testing.laws import BrokenLawError
from continuum.testing.strategies import boundary_profiles, completed, profiles, raised_pairs, stepped

__all__ = [
    "BrokenLawError",
    "boundary_profiles",
    "completed",
    "laws",
    "packs",
    "profiles",
    "raised_pairs",
    "rulebook_of",
    "stepped",
]
