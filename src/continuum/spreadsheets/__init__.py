# SPDX-License-Identifier: MIT
"""Packs as spreadsheets: workbooks that people edit and send back, and grids that authorities publish."""
