# SPDX-License-Identifier: MIT
"""How well a pack's own cases exercise its rules: what no case touches, and which changes to a rule no case would notice."""
