"""The severity table's part about how things were recorded: what the records cannot carry is refused, and said."""

from __future__ import annotations

from insights.rule import Rule

RECORDING_RULES: dict[str, Rule] = {
    "leads_without_company": Rule(
        "excluded", "Leads without a company, in every total and in no ranking of segments: {count} ({share})",
        "Fill in the company, or the contact, when a lead is recorded.",
        "A lead has no company, neither of its own nor through its contact."),
    "leads_without_date": Rule(
        "excluded", "Leads without a date of creation, left out of cohorts and durations: {count} ({share})",
        "Export when each lead was created; CRM systems store it unasked.", "A lead has no created_at."),
    "company_filled_at_closing": Rule(
        "excluded",
        "Companies are filled in when a deal closes: missing for {open} of open leads and {closed} of closed ones. "
        "Conversion by segment is refused; the win rate stands",
        "Make the company a required field when a lead is recorded.",
        "The shares of open and of closed leads without a company differ by more than 10 percentage points."),
    "entered_afterwards": Rule(
        "excluded",
        "The CRM is filled in afterwards: {share} of wins were recorded as won on the day they were created. "
        "Durations are refused",
        "Record leads when they arrive, not when they are won.",
        "More than 20% of wins have the same day of creation and of winning."),
    "stages_in_bulk": Rule(
        "excluded", "{share} of all stage changes bear one date ({day}): an import or a bulk closing. Durations across "
        "that day are refused",
        "Export the original dates from before the import; close deals when they end.",
        "More than 5% of stage changes after the first lie on one day (from 200 changes on)."),
    "never_closed": Rule(
        "warning", "{share} of the leads older than a year were never closed as won, lost or returned: {count}",
        "Close dead leads with a reason: they hide the true win rate.",
        "More than 30% of leads created over a year before the last day have no terminal stage (from 30 leads on)."),
    "one_reason_for_all": Rule(
        "excluded",
        "“{reason}” is given for {share} of losses: a first entry of a list, hardly a reason. Reasons are refused",
        "Make the reason a free choice without a preset first entry.",
        "One reason takes over 40% of all recorded reasons (from 30 on)."),
    "vat_included": Rule(
        "excluded",
        "Revenue is {ratio} times the list price: it seems to include 23% VAT. Price realisation and "
        "margin are refused",
        "Export net amounts; the contract's money is net of VAT.",
        "The median of revenue over list price lies between 1.225 and 1.235 (from 30 orders on)."),
    "opportunities_only": Rule(
        "note",
        "The first recorded stage of {share} of leads is an opportunity or later: the measure is the win "
        "rate of opportunities, not lead conversion",
        "Export leads from before they became opportunities, if the CRM has them.",
        "Over 90% of leads have no stage before opportunity."),
}
