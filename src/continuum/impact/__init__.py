# SPDX-License-Identifier: MIT
"""What a change of rules does to a caseload: who moves, why, and what it costs."""
