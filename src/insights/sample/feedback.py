"""What customers say: five needs that many share, complaints by product, and one loud customer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from insights.sample.assortment import PRODUCTS, product_id
from insights.sample.calendar import DAYS, END, MINUTES, START, to_office_hours
from insights.sample.companies import COUNTRY_CODES, Companies
from insights.sample.leads import Model
from insights.sample.render import identifiers, stamps, words
from insights.sample.rng import below, choose, share, thresholds


@dataclass(frozen=True)
class Theme:
    """A need or improvement: how many customers voice it at 12,000 leads, its product, its item on the roadmap, and
    the words in Polish (inflected, with typing errors), German and English."""

    topic: str
    kind: str
    customers: int
    product: int
    item: str | None
    polish: tuple[str, ...]
    german: str
    english: str


THEMES = (
    Theme("remote alarms", "need", 60, 6, "R4",
          ("Alarmy na telefon by się przydały", "brak alarmów w telefonie", "prosimy o alram sms", "alarm w komórce"),
          "Alarm auf das Handy gewünscht", "alarms on the phone please"),
    Theme("higher flow", "need", 45, 14, "R1",
          ("potrzebna większa wydajność pompy", "Za mała wydajność W20", "pompy o wiekszej wydajnosci"),
          "größere Förderleistung nötig", "we need a higher flow rate"),
    Theme("wall mounting", "improvement", 30, 11, "R5",
          ("odzysk ciepła na ścianę", "montaż naścienny odzysku", "wersja nascienna H1"),
          "Wandmontage für H1", "wall mounted H1"),
    Theme("energy advice", "need", 22, 16, "R3",
          ("doradztwo energetyczne - czy oferujecie", "audyt energii dla sprężarek", "pomoc w oszczędzaniu energii"),
          "Energieberatung gesucht", "energy audit for compressors"),
    Theme("faster spare parts", "improvement", 12, 10, None,
          ("części zamienne szybciej", "dłuuugo czekamy na częsci", "krótszy termin na części"),
          "Ersatzteile schneller", "faster spare parts"),
)
LOUD = Theme("custom paint", "need", 1, 0, None, ("kolor RAL na życzenie", "inny kolor pompy"), "Farbe nach RAL",
             "paint")
LOUD_MENTIONS = 40
_FORM = 12_000
_GERMAN = [COUNTRY_CODES.index(code) for code in ("DE", "AT")]
_ENGLISH = [COUNTRY_CODES.index(code) for code in ("FR", "HU", "RO", "UA")]


class Complaints:
    """Complaints about orders, numbered after the `first` rows of feedback."""

    def __init__(self, model: Model, first: int) -> None:
        self._model, self._written = model, first

    def columns(self, firms: Companies, product, key, ordered, widths: tuple[int, int]) -> dict[str, pa.Array]:
        """Rows of feedback about the orders made at these minutes; `key` tells orders apart."""
        draw = self._model.draw
        when = ordered + (3 + below(draw("complains after", key), 60)) * MINUTES
        rows = np.flatnonzero(when < END * MINUTES)
        firms, product, key, when = firms.where(rows), product[rows], key[rows], when[rows]
        text = below(draw("complaint wording", key), len(_COMPLAINT_TEXTS))
        number = self._written + np.arange(len(rows))
        self._written += len(rows)
        theme = np.full(len(rows), len(_ALL))
        return _columns(self._model, number, key, theme, firms, product, when, (_COMPLAINT_TEXTS, text), widths)


def feedback_columns(model: Model, widths: tuple[int, int]) -> dict[str, pa.Array]:
    """Rows of feedback about needs and improvements, theme by theme; in proportion to the firm's size."""
    theme, company, product = _mentions(model)
    rows = np.arange(len(theme))
    draw = model.draw
    when = (START + below(draw("said on", rows), DAYS)) * MINUTES + below(draw("said at", rows), MINUTES)
    firms = model.register.companies(company)
    return _columns(model, rows, rows, theme, firms, product, when, _texts(model, theme, rows, firms.country), widths)


def _columns(model: Model, number, rows, theme, firms, product, when, wording, widths) -> dict[str, pa.Array]:
    draw = model.draw
    told = when + (1 + below(draw("told after", rows), 40)) * MINUTES
    answered = when + (3 + below(draw("answered after", rows), 60)) * MINUTES
    untold = (draw("marketing told", rows) >= share(350)) | (told >= END * MINUTES)
    unheard = (draw("management told", rows) >= share(250)) | (told >= END * MINUTES)
    silent = (draw("answered", rows) >= share(500)) | (answered >= END * MINUTES)
    texts, position = wording
    kinds, topics = [t.kind for t in _ALL] + ["complaint"], [t.topic for t in _ALL] + ["quality"]
    items = [t.item for t in _ALL] + [None]
    known = sorted({item for item in items if item})
    by_service = np.where(theme == len(_ALL), 2, choose(draw("recorded by", rows), thresholds((700, 150, 150))))
    return {
        "feedback_id": identifiers("F", number + 1, widths[1]),
        "kind": words(kinds, theme),
        "recorded_at": stamps(to_office_hours(when)),
        "company_id": identifiers("C", firms.number + 1, widths[1]),
        "product_id": words([product_id(k) for k in range(len(PRODUCTS))], product),
        "seller_id": identifiers("S", firms.seller + 1, 2, by_service != 0),
        "topic": words(topics, theme, draw("topic said", rows) < share(400)),
        "text": words(texts, position),
        "recorded_by": words(("sales", "marketing", "service"), by_service),
        "marketing_told_at": stamps(to_office_hours(np.where(untold, when, told)), untold),
        "management_told_at": stamps(to_office_hours(np.where(unheard, when, told)), unheard),
        "answered_at": stamps(to_office_hours(np.where(silent, when, answered)), silent),
        "roadmap_item_id": words(known, np.array([known.index(i) if i else -1 for i in items])[theme]),
    }


_ALL = (*THEMES, LOUD)
_COMPLAINT_TEXTS = ("nieszczelny zawór po miesiącu", "reklamacja: przeciek", "Undicht nach Lieferung",
                    "faulty on arrival", "zła dostawa", "uszkodzone w transporcie")


def _mentions(model: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Theme, company and product of every entry."""
    leads, firms = model.register.leads, model.register.size
    theme, company, product = [], [], []
    for number, about in enumerate(THEMES):
        count = max(1, about.customers * leads // _FORM)
        theme.append(np.full(count, number))
        company.append(below(model.draw(f"theme {number}", np.arange(count)), firms))
        product.append(np.full(count, about.product))
    theme.append(np.full(LOUD_MENTIONS, len(THEMES)))
    company.append(np.full(LOUD_MENTIONS, firms // 3))
    product.append(np.full(LOUD_MENTIONS, LOUD.product))
    return np.concatenate(theme), np.concatenate(company), np.concatenate(product)


def _texts(model: Model, theme: np.ndarray, rows: np.ndarray, country: np.ndarray) -> tuple[list[str], np.ndarray]:
    """All texts, and which one each entry has: in the customer's language."""
    texts: list[str] = []
    position = np.zeros(len(rows), dtype=np.int64)
    chance = model.draw("wording", rows)
    for number, about in enumerate(_ALL):
        inside = theme == number
        at = len(texts)
        texts += [*about.polish, about.german, about.english]
        polish = at + below(chance, len(about.polish))
        foreign = np.where(np.isin(country, _GERMAN), len(texts) - 2, len(texts) - 1)
        position[inside] = np.where(np.isin(country, (*_GERMAN, *_ENGLISH)), foreign, polish)[inside]
    return texts, position
