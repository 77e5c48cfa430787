# SPDX-License-Identifier: MIT
"""Frames: a caseload decided where it is, in memory or as one expression that the engine runs."""
