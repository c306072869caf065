"""The joint strategy file: what marketing, sales and the board agreed on, read, checked, proposed anew."""

from insights.strategy.model import Clause, KeyCustomer, Kpi, NewProduct, Signature, Strategy
from insights.strategy.reading import Known, StrategyError, load, read
from insights.strategy.versions import find, history, in_force

__all__ = [
    "Clause", "KeyCustomer", "Known", "Kpi", "NewProduct", "Signature", "Strategy", "StrategyError", "find", "history",
    "in_force", "load", "read",
]
