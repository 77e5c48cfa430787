# SPDX-License-Identifier: MIT
"""`python -m continuum.cli`, for where the script is not on the path."""

from continuum.cli import main

main()
