"""The synthetic firm: any number of leads, with the truths that were planted into them."""

from insights.sample.truths import expectations
from insights.sample.write import TWINS, write

__all__ = ["TWINS", "expectations", "write"]
