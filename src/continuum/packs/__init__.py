# SPDX-License-Identifier: MIT
"""From text to a checked pack."""
