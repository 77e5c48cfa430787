# SPDX-License-Identifier: MIT
"""Figures about many pupils: counts, pounds and rates, with small counts withheld, made from decisions and never read by one."""
