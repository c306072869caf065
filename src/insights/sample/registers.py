"""The long tables about who the firm deals with: companies, contacts, leads and the people in them."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from insights.sample.assortment import PRODUCTS, product_id
from insights.sample.calendar import END, MINUTES, START, to_office_hours
from insights.sample.campaigns import campaign_of
from insights.sample.companies import (
    COUNTRY_CODES,
    INDUSTRY_CODES,
    REGION_NAMES,
    UNKNOWN,
    Companies,
    Register,
    is_double,
)
from insights.sample.customers import is_account, is_old
from insights.sample.funnel import OPPORTUNITY, PROPOSAL, Funnel
from insights.sample.leads import SOURCE_NAMES, Leads, Model
from insights.sample.plan import LEAVERS, SOURCES
from insights.sample.render import dates, identifiers, stamps, whole, words
from insights.sample.rng import below, choose, share, thresholds

_STEMS = ("Metal", "Hydro", "Stal", "Tech", "Agro", "Inter", "Nord", "Poli", "Mega", "Termo", "Elektro", "Eko", 
          "Mecha", "Aqua", "Prim", "Fast", "Trans", "Bud", "Syl", "Cera", "Chem", "Plast", "Opti", "Ferro")
_ENDINGS = ("pol", "tex", "mont", "bud", "masz", "prod", "serwis", "plast", "technik", "met", "flex", "lux", "gaz",
            "term", "pak", "system", "dom", "pro", "trade", "via", "nova", "max", "line", "form")
_FORMS = {"PL": "Sp. z o.o.", "DE": "GmbH", "AT": "GmbH", "CZ": "s.r.o.", "SK": "s.r.o.", "FR": "SARL", "HU": "Kft.",
          "RO": "SRL", "UA": "TOV"}
_HEADS = ((2, 8), (10, 40), (50, 200), (250, 900))
"""Smallest head-count and how many more, by size."""
_ROLES = ("economic_buyer", "decision_maker", "champion", "influencer", "user", "gatekeeper")
_GERMAN, _OTHER = ("DE", "AT"), ("FR", "HU", "RO", "UA")
# Title and buying role: who asks, who decides, who joins late. Polish, German and English titles of the same jobs.
_TITLES = (
    ("Kierownik zakupów", "Leiter Einkauf", "Purchasing manager", 5),
    ("Specjalista ds. zakupów", "Einkäufer", "Buyer", 5),
    ("Główny mechanik", "Leiter Instandhaltung", "Maintenance manager", 3),
    ("Utrzymanie ruchu", "Instandhaltung", "Maintenance", 4),
    ("Technolog", "Verfahrensingenieur", "Process engineer", 3),
    ("Dyrektor techniczny", "Technischer Leiter", "Technical director", 1),
    ("Dyrektor produkcji", "Produktionsleiter", "Production director", 2),
    ("Prezes zarządu", "Geschäftsführer", "Managing director", 0),
    ("Dyrektor finansowy", "Kaufmännischer Leiter", "Finance director", 0),
    ("Zakupy", "Einkauf", "Purchasing", 5),
    ("Prezes", "Inhaber", "CEO", 0),
    ("St. mechanik UR", "Betriebsschlosser", "Senior fitter", 4),
)
_ASKERS = (220, 160, 140, 110, 100, 30, 40, 30, 0, 120, 20, 30)
_DECIDERS = (90, 0, 40, 0, 0, 600, 90, 110, 0, 30, 40, 0)
_BOARD = (0, 0, 0, 0, 0, 0, 0, 300, 600, 0, 100, 0)
ASKER, DECIDER, BOARD = range(3)
_PER_COMPANY = (_ASKERS, _DECIDERS, _BOARD)
GROUP_EVERY = 211
"""Of so many companies the first is the parent of the next two."""
UNLINKED, WITHOUT_COMPANY = 12, 10
"""Thousandths of leads without company and contact, and of those without company but with a contact."""


def is_subsidiary(number: np.ndarray) -> np.ndarray:
    """Companies that belong to the first of their row of GROUP_EVERY: groups of three."""
    return np.isin(number % GROUP_EVERY, (1, 2))


def company_columns(register: Register, firms: Companies, width: int) -> dict[str, pa.Array]:
    """Rows of companies."""
    number = firms.number
    smallest, more = np.array(_HEADS)[firms.size].T
    heads = smallest + below(register.draw("heads", number), more)
    # Turnover of 80 to 190 thousand euro a head and a balance of 40 to 80% of it keep every firm in its size band.
    home = firms.country == 0
    turnover = heads * (80 + below(register.draw("turnover", number), 110)) * np.where(home, 43, 10) // 10 * 1000
    balance = turnover * (40 + below(register.draw("balance", number), 40)) // 100
    no_turnover = ~firms.size_known | (register.draw("turnover known", number) < share(450))
    no_balance = no_turnover | (register.draw("balance known", number) < share(500))
    currency = np.where(no_turnover, UNKNOWN, np.where(home, 0, 1))
    old = is_old(register, number)
    left = np.isin(firms.seller, LEAVERS)
    return {
        "company_id": identifiers("C", number + 1, width),
        "name": _names(register, firms),
        "industry": words(INDUSTRY_CODES, firms.industry, ~firms.industry_known),
        "employees": whole(heads, ~firms.size_known),
        "annual_turnover": whole(turnover, no_turnover),
        "balance_total": whole(balance, no_balance),
        "currency": words(("PLN", "EUR"), currency),
        "country": words(COUNTRY_CODES, firms.country, ~firms.country_known),
        "region": words(REGION_NAMES, firms.region, ~firms.country_known),
        "owner_seller_id": identifiers("S", np.where(left, firms.seller - len(LEAVERS), firms.seller) + 1, 2),
        "parent_id": identifiers("C", number - number % GROUP_EVERY + 1, width, ~is_subsidiary(number)),
        "first_order_on": dates(START - 1 - below(register.draw("first order", number), 2_400), ~old),
        "strategic": words(("true",), np.where(is_account(number), 0, UNKNOWN)),
    }


def _names(register: Register, firms: Companies) -> pa.Array:
    """Invented names; the number behind them keeps them apart. A firm's second entry is in capitals, without its legal
    form."""
    twice = is_double(firms.number)
    number = np.where(twice, firms.number - 1, firms.number)
    first = below(register.draw("name", number), len(_STEMS) * len(_ENDINGS))
    stems = [stem + ending for stem in _STEMS for ending in _ENDINGS]
    forms = [_FORMS[code] for code in COUNTRY_CODES]
    parts = [words(stems, first), whole(number + 1).cast(pa.string()), words(forms, firms.country)]
    short = pc.utf8_upper(pc.binary_join_element_wise(*parts[:2], " "))
    return pc.if_else(pa.array(twice), short, pc.binary_join_element_wise(*parts, " "))


def people_of(register: Register, companies: np.ndarray) -> np.ndarray:
    """How many contacts the firm knows at each company: 1 to 3 (asker, decider, board), in that order."""
    return 1 + choose(register.draw("people", companies), thresholds((330, 450, 220)))


def contact_columns(register: Register, firms: Companies, width: int) -> dict[str, pa.Array]:
    """Rows of contacts."""
    known = people_of(register, firms.number)
    position, nth = np.nonzero(np.arange(3) < known[:, None])
    number = firms.number[position]
    title = np.zeros(len(position), dtype=np.int64)
    for place, weights in enumerate(_PER_COMPANY):
        chosen = nth == place
        title[chosen] = choose(register.draw(f"title {place}", number[chosen]), thresholds(weights))
    country = firms.country[position]
    german = np.isin(country, [COUNTRY_CODES.index(code) for code in _GERMAN])
    foreign = np.isin(country, [COUNTRY_CODES.index(code) for code in _OTHER])
    language = np.where(german, 1, np.where(foreign, 2, 0))
    language = np.where(register.draw("english", number) < share(80), 2, language)
    titles = [title for row in _TITLES for title in row[:3]]
    unsaid = register.draw("role said", number * 3 + nth) < share(300)
    return {
        "contact_id": contact_ids(number, nth, width),
        "company_id": identifiers("C", number + 1, width),
        "job_title": words(titles, title * 3 + language, register.draw("title said", number * 3 + nth) < share(60)),
        "buying_role": words(_ROLES, _role(title, nth), unsaid),
    }


def _role(title: np.ndarray, nth: np.ndarray) -> np.ndarray:
    return np.where(nth == DECIDER, 1, np.array([role for *_, role in _TITLES])[title])


def contact_ids(companies: np.ndarray, nth: np.ndarray, width: int, missing: np.ndarray | None = None) -> pa.Array:
    """K00017a is the first contact known at company C00017."""
    return identifiers("K", companies + 1, width, missing, suffix=nth)


def unlinked(model: Model, number: np.ndarray) -> np.ndarray:
    """Leads of which neither company nor contact was recorded."""
    return model.draw("linked", number) < share(UNLINKED)


def source_unsaid(model: Model, number: np.ndarray) -> np.ndarray:
    """Leads of which nobody wrote down the source."""
    return model.draw("source said", number) < share(10)


def asker_unknown(model: Model, number: np.ndarray) -> np.ndarray:
    """Leads of which nobody wrote down who asked."""
    nobody = unlinked(model, number)
    no_company = nobody | (model.draw("linked", number) >= share(1000 - WITHOUT_COMPANY))
    return nobody | (~no_company & (model.draw("asker known", number) < share(150)))


def lead_columns(model: Model, leads: Leads, width: int, company_width: int) -> dict[str, pa.Array]:
    """Rows of leads."""
    number, company = leads.number, leads.firms.number
    nobody = unlinked(model, number)
    no_company = nobody | (model.draw("linked", number) >= share(1000 - WITHOUT_COMPANY))
    no_contact = asker_unknown(model, number)
    origins = [source.origin for source in SOURCES]
    return {
        "lead_id": identifiers("L", number + 1, width),
        "created_at": stamps(to_office_hours(leads.created)),
        "company_id": identifiers("C", company + 1, company_width, no_company),
        "contact_id": contact_ids(company, np.zeros(len(number), dtype=np.int64), company_width, no_contact),
        "campaign_id": identifiers("M", campaign_of(leads) + 1, 3, campaign_of(leads) < 0),
        "source": words(SOURCE_NAMES, leads.source, source_unsaid(model, number)),
        "origin": words(origins, leads.source),
        "product_id": words([product_id(k) for k in range(len(PRODUCTS))], leads.product),
        "seller_id": identifiers("S", leads.seller + 1, 2),
    }


def lead_contact_columns(model: Model, funnel: Funnel, width: int, company_width: int) -> dict[str, pa.Array]:
    """Rows of lead_contacts: half of the deciders are written down within ten days of their lead, whatever becomes of
    it, half late: only once it is an opportunity; the board joins those with an offer. Three roles in ten are not said.
    """
    leads = funnel.leads
    known = people_of(model.register, leads.firms.number)
    limit = END * MINUTES
    joins = np.stack([
        np.where(known >= 2, funnel.times[OPPORTUNITY], limit), np.where(known >= 3, funnel.times[PROPOSAL], limit),
    ], axis=1)
    early = (known >= 2) & (model.draw("role late", leads.number) >= share(500))
    soon = leads.created + below(model.draw("role days", leads.number), 10 * MINUTES)
    soon = np.minimum(soon, leads.created + (funnel.times[OPPORTUNITY] - leads.created) // 4)
    joins[:, 0] = np.where(early, soon, joins[:, 0])
    joins[unlinked(model, leads.number)] = limit
    position, nth = np.nonzero(joins < limit)
    number, company = leads.number[position], leads.firms.number[position]
    unsaid = model.draw("lead role said", number * 2 + nth) < share(300)
    return {
        "lead_id": identifiers("L", number + 1, width),
        "contact_id": contact_ids(company, nth + 1, company_width),
        "role": words(_ROLES, np.where(nth == 0, 1, 0), unsaid),
        "added_at": stamps(to_office_hours(joins[position, nth])),
    }


