# SPDX-License-Identifier: GPL-2.0-or-later
"""One rule per module; see ../lint.py for what a rule is made of."""
