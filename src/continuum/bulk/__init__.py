# SPDX-License-Identifier: MIT
"""A caseload decided from file to file, some rows at a time, so that a file larger than memory works."""
