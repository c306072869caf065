"""The sections of the page under the names by which its notebook shows them."""

from insights.topics import kpi_alignment_conflicts as conflicts
from insights.topics import kpi_alignment_customers as customers
from insights.topics import kpi_alignment_handover as handover
from insights.topics import kpi_alignment_moves_view as moves_view
from insights.topics import kpi_alignment_plan as plan
from insights.topics import kpi_alignment_push as push
from insights.topics import kpi_alignment_treaty as treaty
from insights.topics import kpi_alignment_value_view as value_view
from insights.topics import kpi_alignment_view as view

__all__ = ["conflicts", "customers", "handover", "moves_view", "plan", "push", "treaty", "value_view", "view"]
