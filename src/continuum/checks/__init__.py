# SPDX-License-Identifier: MIT
"""What may be wrong with a pack: one file a check, each with one code and one sentence that says when it speaks."""
