# SPDX-License-Identifier: MIT
"""One file an engine, all with the same small face: ``decide(values, day)``."""
