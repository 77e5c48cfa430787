# SPDX-License-Identifier: MIT
"""What can be proved about a pack: its tables as decision diagrams, and properties answered from them."""
