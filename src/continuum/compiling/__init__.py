# SPDX-License-Identifier: MIT
"""From a checked pack to a compiled one."""
