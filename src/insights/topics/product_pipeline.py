"""What comes next, do sellers know in time, and what do customers ask for."""

from __future__ import annotations

from dataclasses import dataclass, field

from insights.evidence import Estimate, Finding
from insights.firm import Firm
from insights.language import Text
from insights.topics import product_pipeline_blockers as blockers
from insights.topics import product_pipeline_complaints as complaints
from insights.topics import product_pipeline_launches as launches
from insights.topics import product_pipeline_reach as reach
from insights.topics import product_pipeline_voice as voice
from insights.topics import product_pipeline_words as words

TOPIC = words.TOPIC
_ = Text


@dataclass(frozen=True)
class Pipeline:
    """The topic's result: the items of the roadmap, the customers' voice, complaints, and the lists of blockers that a
    launch removes; each empty where its tables are missing."""

    firm: Firm
    items: tuple[launches.Item, ...] = ()
    sellers: int = 0
    voice: voice.Voice | None = None
    complaints: complaints.Complaints | None = None
    blocked: tuple[blockers.Blocked, ...] = ()
    findings: tuple[Finding, ...] = ()
    estimates: tuple[Estimate, ...] = ()
    missing: tuple[Text, ...] = field(default=())


def findings(firm: Firm) -> list[Finding]:
    """Every finding of the topic, the weightiest first."""
    return list(judge(firm).findings)


def judge(firm: Firm) -> Pipeline:
    """Read the roadmap, group what customers say, count who heard it, and say what should follow."""
    items, sellers = launches.read(firm)
    heard = voice.read(firm, items)
    complained = complaints.read(firm)
    blocked = blockers.read(firm, items, heard)
    result = Pipeline(firm, items, sellers, heard, complained, blocked, missing=tuple(_missing(firm, heard)))
    found = [*launches.findings(firm, items, sellers, heard), *reach.findings(firm, heard, items),
             *complaints.findings(firm, complained), *blockers.findings(firm, blocked, heard)]
    found = [f.at(read_from=f"feedback, roadmap@{firm.data_hash[:12]}") for f in found]
    estimates = [*reach.estimates(heard), *complaints.estimates(complained)]
    return Pipeline(**{**vars(result), "findings": tuple(sorted(found, key=lambda f: (-f.rank, f.id))),
                       "estimates": tuple(estimates)})


def _missing(firm: Firm, heard: voice.Voice | None) -> list[Text]:
    texts = []
    if not firm.has("roadmap"):
        texts.append(_("What is in development is not known: the table roadmap is missing."))
    elif not firm.has("roadmap_notices", "sellers"):
        texts.append(_(
            "Whether sellers know in time is not known: the tables roadmap_notices and sellers are missing."))
    if not firm.has("feedback"):
        texts.append(
            _("Needs and complaints are not recorded: the table feedback is missing.") if heard is None else
            _("Needs and complaints are not recorded (the table feedback is missing); what customers ask for is read "
              "from the reasons of lost leads alone."))
    if not firm.has("orders"):
        texts.append(_("The sales behind a need and complaints per order are not known: the table orders is missing."))
    return texts
