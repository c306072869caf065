"""The data contract: every canonical table once, with its grain, key, types, references and allowed values.

The documentation page, the checks and their messages are all made from `TABLES`.
"""

from insights.contract.model import BUYING_ROLES, DEPARTMENTS, STAGES, TERMINAL_STAGES, TYPES, Column, Table
from insights.contract.tables import TABLES

__all__ = ["BUYING_ROLES", "DEPARTMENTS", "STAGES", "TABLES", "TERMINAL_STAGES", "TYPES", "Column", "Table"]
