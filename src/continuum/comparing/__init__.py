# SPDX-License-Identifier: MIT
"""Two packs compared: equal as a proof, or the exact profiles for which they differ, in words."""
