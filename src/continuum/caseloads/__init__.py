# SPDX-License-Identifier: MIT
"""Synthetic caseloads: made-up pupils in the proportions of Kent's published counts, for trying packs on a county.

``synthetic`` gives the rows, ``write`` writes them to a file. Nothing in them is about a person. See docs/caseloads.md.
"""

from continuum.caseloads.caseload import synthetic
from continuum.caseloads.files import write

__all__ = ["synthetic", "write"]
