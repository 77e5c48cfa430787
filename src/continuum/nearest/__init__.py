# SPDX-License-Identifier: MIT
"""How near a profile stands to another outcome: the smallest changes, the margins, and what holds the outcome where it is."""
