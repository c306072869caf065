"""Rows of feedback: what customers ask for, theme by theme, and complaints about orders."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from insights.sample.assortment import PRODUCTS, product_id
from insights.sample.calendar import DAYS, END, MINUTES, START, to_office_hours
from insights.sample.companies import COUNTRY_CODES, Companies
from insights.sample.leads import Model
from insights.sample.render import identifiers, stamps, words
from insights.sample.rng import Permutation, below, choose, share, thresholds
from insights.sample.themes import ALL, CLOSERS, COMPLAINTS, LOUD, LOUD_MENTIONS, OPENERS, OTHER, SAYS_AGAIN

_FORM = 12_000
_GERMAN = [COUNTRY_CODES.index(code) for code in ("DE", "AT")]


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
        text = below(draw("complaint wording", key), len(COMPLAINTS))
        number = self._written + np.arange(len(rows))
        self._written += len(rows)
        theme = np.full(len(rows), len(ALL))
        return _columns(self._model, number, key, theme, firms, product, when, (COMPLAINTS, text), widths)


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
    kinds = [t.kind for t in ALL] + ["complaint"]
    items = [t.item for t in ALL] + [None]
    known = sorted({item for item in items if item})
    by_service = np.where(theme == len(ALL), 2, choose(draw("recorded by", rows), thresholds((700, 150, 150))))
    return {
        "feedback_id": identifiers("F", number + 1, widths[1]),
        "kind": words(kinds, theme),
        "recorded_at": stamps(to_office_hours(when)),
        "company_id": identifiers("C", firms.number + 1, widths[1]),
        "product_id": words([product_id(k) for k in range(len(PRODUCTS))], product),
        "seller_id": identifiers("S", model.seller_on(firms, when // MINUTES) + 1, 2, by_service != 0),
        "topic": words(("quality",), np.where(theme == len(ALL), 0, -1), draw("topic said", rows) < share(400)),
        "text": words(texts, position),
        "recorded_by": words(("sales", "marketing", "service"), by_service),
        "marketing_told_at": stamps(to_office_hours(np.where(untold, when, told)), untold),
        "management_told_at": stamps(to_office_hours(np.where(unheard, when, told)), unheard),
        "answered_at": stamps(to_office_hours(np.where(silent, when, answered)), silent),
        "roadmap_item_id": words(known, np.array([known.index(i) if i else -1 for i in items])[theme],
                                 draw("item said", rows) < share(600)),
    }


def _mentions(model: Model) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Theme, company and product of every entry: as many companies as planted, some of them twice."""
    leads, firms = model.register.leads, model.register.size
    theme, company = [], []
    for number, about in enumerate(ALL):
        count = min(max(1, about.customers * leads // _FORM), firms)
        who = Permutation(model.register.seed, f"theme {number}", firms).place(np.arange(count))
        if about is LOUD:
            who = np.full(LOUD_MENTIONS, firms // 3)
        again = who[model.draw(f"again {number}", np.arange(len(who))) < share(SAYS_AGAIN)]
        who = who if about in (LOUD, OTHER) else np.concatenate([who, again])
        theme.append(np.full(len(who), number))
        company.append(who)
    of = np.concatenate(theme)
    return of, np.concatenate(company), np.array([about.product for about in ALL])[of]


def mentions(model: Model, width: int) -> dict[str, list[str]]:
    """The feedback_ids of each theme."""
    theme = _mentions(model)[0]
    return {about.topic: [f"F{row + 1:0{width}d}" for row in np.flatnonzero(theme == number).tolist()]
            for number, about in enumerate(ALL)}


def customers_of(model: Model) -> dict[str, int]:
    """How many companies voice each theme."""
    theme, company, _ = _mentions(model)
    return {about.topic: len(np.unique(company[theme == number])) for number, about in enumerate(ALL)}


def _texts(model: Model, theme: np.ndarray, rows: np.ndarray, country: np.ndarray) -> tuple[list[str], np.ndarray]:
    """All texts, and which one each entry has: in the customer's language."""
    language = np.where(np.isin(country, _GERMAN), 1, np.where(country == 0, 0, 2))
    texts: list[str] = []
    position = np.zeros(len(rows), dtype=np.int64)
    chance = model.draw("wording", rows)
    for number, about in enumerate(ALL):
        for code, (key, said) in enumerate(zip(OPENERS, (about.polish, about.german, about.english), strict=True)):
            inside = (theme == number) & (language == code)
            position[inside] = (len(texts) + below(chance, len(said) * len(OPENERS[key]) * len(CLOSERS[key])))[inside]
            texts += [first + words_of + last for words_of in said for first in OPENERS[key] for last in CLOSERS[key]]
    return texts, position
