"""The forms: one page each, with the headings that people read and the columns of the contract that they fill."""

from __future__ import annotations

from dataclasses import dataclass, field

from insights.language import Text
from insights.problems import InsightsError

_ = Text


class FormError(InsightsError):
    """A form whose cells cannot be read; the message lists every one of them."""

    exit_code = 65


@dataclass(frozen=True)
class Field:
    """A column of a form. `kind` is text, date, number or choice; a choice gives each value of the contract its word;
    `needed` ones must be filled in every row that is used."""

    name: str
    heading: Text
    kind: str = "text"
    needed: bool = False
    choices: dict[str, Text] = field(default_factory=dict)
    width: int = 18


@dataclass(frozen=True)
class Form:
    """One form: `name` is its table's, `file` the file's name in each language, `help` one line above the headings."""

    name: str
    title: Text
    help: Text
    fields: tuple[Field, ...]
    file: dict[str, str]


_KNOWLEDGE = {"0": _("0 does not know it"), "0.5": _("1 knows it"), "1": _("2 sells it alone")}
_WILLING = {"true": _("wants to sell it"), "false": _("does not want to")}
_BY = {"test": _("test"), "manager": _("manager"), "self": _("self")}
_KINDS = {"need": _("need"), "complaint": _("complaint"), "improvement": _("improvement")}
_RECORDED = {"sales": _("Sales"), "marketing": _("Marketing"), "service": _("Service")}
_DEPARTMENTS = {"marketing": _("Marketing"), "sales": _("Sales"), "shared": _("Marketing and sales together")}

READINESS = Form(
    "readiness", _("Readiness to sell"), _(
        "One row for each product and seller. Leave out rows you cannot assess."), (
        Field("product_id", _("Product"), needed=True, width=28), Field("seller_id", _("Seller"), needed=True),
        Field("knowledge", _("Knows the product"), "choice", True, _KNOWLEDGE, 24),
        Field("willing", _("Wants to sell it"), "choice", True, _WILLING, 20),
        Field("reason", _("Why not"), width=30), Field("assessed_on", _("Day of the assessment"), "date", True),
        Field("assessed_by", _("Who assessed"), "choice", False, _BY)),
    {"en": "readiness", "pl": "przygotowanie"})
ROADMAP = Form(
    "roadmap", _("Roadmap"), _("One row for each new product, service or improvement."), (
        Field("product_id", _("Product"), needed=True, width=28),
        Field("title", _("What is coming"), needed=True, width=34),
        Field("stage", _("Stage"), needed=True), Field("first_planned_on", _("Launch as first planned"), "date"),
        Field("planned_on", _("Launch as planned now"), "date", True), Field("told_at", _("Sellers told on"), "date"),
        Field("trained_at", _("Sellers trained on"), "date"), Field("announced_at", _("Customers told on"), "date"),
        Field("launched_on", _("Launched on"), "date")),
    {"en": "roadmap", "pl": "plan_rozwoju"})
FEEDBACK = Form(
    "feedback", _("Customers' voice"), _("One row for each need, complaint or improvement, in the customer's words."), (
        Field("recorded_at", _("Day"), "date", True), Field("company_id", _("Company"), width=28),
        Field("kind", _("What it is"), "choice", True, _KINDS), Field("text", _("What was said"), width=48),
        Field("product_id", _("Product"), width=28), Field("recorded_by", _("Who took it"), "choice", False, _RECORDED),
        Field("marketing_told_at", _("Marketing told on"), "date"),
        Field("management_told_at", _("Management told on"), "date"), Field("outcome", _("What was decided"), width=30),
        Field("answered_at", _("Customer answered on"), "date")),
    {"en": "customers_voice", "pl": "glos_klienta"})
TARGETS = Form(
    "targets", _("Targets"), _("One row for each target. Period: 2026, 2026Q1 or 2026-03."), (
        Field("department", _("Department"), "choice", True, _DEPARTMENTS, 26),
        Field("kpi", _("Measure"), needed=True, width=24), Field("period", _("Period"), needed=True),
        Field("value", _("Target"), "number", True), Field("currency", _("Currency")), Field("team", _("Team"))),
    {"en": "targets", "pl": "cele"})
FORMS: dict[str, Form] = {form.name: form for form in (READINESS, ROADMAP, FEEDBACK, TARGETS)}
STRATEGY_FILE = {"en": "joint_strategy", "pl": "wspolna_strategia"}
