"""Writes the synthetic firm to a folder: one CSV file per canonical table, truth.json, strategy.toml and
insights.toml (whose firm it is, in which currency and time zone)."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np

from insights.sample import campaigns, lists, registers
from insights.sample.agreement import DEFAULTS, STRATEGY
from insights.sample.book import LISTED, Book
from insights.sample.companies import Register
from insights.sample.deals import Orders
from insights.sample.feedback import Complaints, feedback_columns, mentions
from insights.sample.funnel import Funnel
from insights.sample.leads import Model
from insights.sample.ledger import Ledger
from insights.sample.losses import Losses
from insights.sample.money import Money
from insights.sample.render import CsvFile
from insights.sample.touches import touch_columns
from insights.sample.truths import truths

TWINS = ("null", "small", "misspecified", "randomised", "unhurried")
CHUNK = 1 << 16
_SMALL = 800

Progress = Callable[[int, int, str], None]


def write(out: Path, leads: int = 12_000, seed: int = 1, twin: str | None = None, progress: Progress | None = None,
          chunk: int = CHUNK) -> None:
    """Write the firm with `leads` leads (companies, wins and spend in proportion) into the folder `out`.

    `twin` is None or one of TWINS: "null" plants no effect at all, "small" is the firm with 800 leads, "misspecified"
    has rates that move with time, heavier shocks and clustering, "randomised" assigns the speed of the first contact at
    random, and who of the lapsed customers is addressed; in "unhurried" speed has no effect.
    `progress(done, total, label)` is called after each chunk. Bytes depend on leads, seed and twin only, not on
    `chunk`. Raises ValueError for an unknown twin or fewer than one lead, FileExistsError for a folder that holds
    anything but an earlier sample.
    """
    if twin is not None and twin not in TWINS:
        raise ValueError(f"unknown twin {twin!r}: choose one of {', '.join(TWINS)}")
    if leads < 1:
        raise ValueError(f"a firm has at least one lead, not {leads}")
    if twin == "small":
        leads = _SMALL
    _prepare(out)
    register = Register(seed, leads)
    model = Model(register, twin)
    money = Money(model)
    ledger, book = Ledger(model, money), Book(leads <= LISTED)
    losses = Losses(model, money, leads <= LISTED)
    steps = _Steps(progress, leads + 2 * register.size)
    widths = max(6, len(str(leads))), max(5, len(str(register.size)))
    _write_companies(out, register, widths, chunk, steps)
    _write_leads(out, model, money, ledger, book, losses, widths, chunk, steps)
    _write_lists(out, model, money, widths)
    truth = {"schema": 1, "seed": seed, "size": leads, "twin": twin,
             "truths": truths(model, money, ledger, book, losses),
             "companies": book.companies(widths[1]), "leads": losses.leads(widths[0]),
             "feedback": mentions(model, widths[1]) if leads <= LISTED else {}}
    _write_text(out / "truth.json", _compact_json(truth))
    _write_text(out / "strategy.toml", STRATEGY)
    _write_text(out / "insights.toml", DEFAULTS)


class _Steps:
    """Counts rows done and tells whoever wants to know."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, total, 0

    def add(self, rows: int, label: str) -> None:
        self._done += rows
        if self._progress:
            self._progress(self._done, self._total, label)


def _prepare(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise FileExistsError(f"{out} is a file; give a folder")
    if out.is_dir() and any(out.iterdir()) and not (out / "truth.json").exists():
        raise FileExistsError(f"{out} is not empty and holds no earlier sample; give another folder or empty it")
    out.mkdir(parents=True, exist_ok=True)


def _chunks(size: int, chunk: int):
    for start in range(0, size, chunk):
        yield np.arange(start, min(start + chunk, size), dtype=np.int64)


def _write_companies(out: Path, register: Register, widths: tuple[int, int], chunk: int, steps: _Steps) -> None:
    with CsvFile(out, "companies") as companies, CsvFile(out, "contacts") as contacts:
        for number in _chunks(register.size, chunk):
            firms = register.companies(number)
            companies.write(registers.company_columns(register, firms, widths[1]))
            contacts.write(registers.contact_columns(register, firms, widths[1]))
            steps.add(len(number), "companies")


def _write_leads(out: Path, model: Model, money: Money, ledger: Ledger, book: Book, losses: Losses,
                 widths: tuple[int, int], chunk: int, steps: _Steps) -> None:
    with (CsvFile(out, "leads") as leads_file, CsvFile(out, "lead_stages") as stages,
          CsvFile(out, "touches") as touches, CsvFile(out, "lead_contacts") as people,
          CsvFile(out, "orders") as orders_file, CsvFile(out, "feedback") as feedback):
        themes = feedback_columns(model, widths)
        feedback.write(themes)
        orders = Orders(model, money, book, Complaints(model, len(themes["feedback_id"])))
        files, letters = {"orders": orders_file, "feedback": feedback}, []
        for number in _chunks(model.register.leads, chunk):
            leads = model.leads(number)
            funnel = Funnel(model, leads)
            leads_file.write(registers.lead_columns(model, leads, *widths))
            stages.write(funnel.stage_columns(widths[0], money))
            touches.write(touch_columns(funnel, widths))
            people.write(registers.lead_contact_columns(model, funnel, *widths))
            letters.append(_write_orders(files, orders.of_leads(leads, widths)))
            ledger.add(leads)
            losses.add(leads, funnel)
            steps.add(len(number), "leads")
        for number in _chunks(model.register.size, chunk):
            firms = model.register.companies(number)
            letters.append(_write_orders(files, orders.of_old_customers(firms, widths)))
            steps.add(len(number), "orders")
        for columns in letters:
            touches.write(columns)


def _write_orders(files: dict[str, CsvFile], batch: dict[str, dict]) -> dict:
    """Write a batch of orders and complaints; win-back letters are handed back, to stand after all other touches."""
    for table, file in files.items():
        file.write(batch[table])
    return batch["touches"]


def _write_lists(out: Path, model: Model, money: Money, widths: tuple[int, int]) -> None:
    leads = model.register.leads
    rows = {
        "sellers": lists.seller_rows(), "products": lists.product_rows(), "exchange_rates": lists.rate_rows(money),
        "campaigns": campaigns.campaign_rows(), "campaign_products": campaigns.campaign_product_rows(),
        "spend": campaigns.spend_rows(leads), "readiness": lists.readiness_rows(model),
        "targets": lists.target_rows(leads), "brand": lists.brand_rows(model),
        "roadmap": lists.roadmap_rows(), "roadmap_notices": lists.notice_rows(),
    }
    for table, content in rows.items():
        with CsvFile(out, table) as file:
            file.write_rows(content)


def _compact_json(truth: dict) -> str:
    """JSON with one truth, or one list of identifiers, a line."""
    parts = [f'"{name}":{_json(value)}' for name, value in truth.items() if not isinstance(value, list | dict)]
    parts.append('"truths":[\n' + ",\n".join(_json(entry) for entry in truth["truths"]) + "\n]")
    for name, content in truth.items():
        if isinstance(content, dict):
            lines = (f"{_json(word)}:{_json(found)}" for word, found in content.items())
            parts.append(f'"{name}":{{\n' + ",\n".join(lines) + "\n}")
    return "{" + ",\n".join(parts) + "}\n"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _write_text(path: Path, text: str) -> None:
    path.write_bytes(text.encode("utf-8"))
