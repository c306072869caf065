"""`insights strategy`: the agreed strategy checked, priced against a proposed one, written as a form and read back."""

from __future__ import annotations

from pathlib import Path

import click

from insights.problems import UsageError


def strategy(*, data: str, mapping: str, as_of: str, strategy: str, price: str, form: str, out: str,
             language: str) -> None:
    """Do what the options ask for; without any, say which versions there are and what they agree on."""
    if price and form:
        raise UsageError("--price and --form are two tasks: give one of them")
    if form:
        _form(data, mapping, strategy, Path(form).expanduser(), out, language)
    elif price:
        _price(data, mapping, as_of, strategy, price, language)
    else:
        _versions(data, mapping, as_of, strategy)


def _open(data: str, mapping: str, as_of: str, strategy: str):
    from insights.firm import open_firm

    return open_firm(data, mapping=mapping, strategy=strategy, as_of=as_of)


def _versions(data: str, mapping: str, as_of: str, file: str) -> None:
    firm = _open(data, mapping, as_of, file)
    if not firm.versions:
        click.echo("No strategy file stands beside these data. Write a first one with insights strategy --form, or "
                   "take strategy.proposed.toml from a report.")
        return
    for version in firm.versions:
        held = " (holds now)" if version == firm.strategy else ""
        signed = ", ".join(f"{s.department} {s.name}" for s in version.signatures) or "nobody"
        click.echo(f"{version.file}: valid from {version.valid_from or 'ever'}, agreed on "
                   f"{version.agreed_on or 'no day'}, signed by {signed}{held}")
        for clause in version.clauses:
            due = f" (can be told from {clause.due})" if clause.due and clause.due > firm.as_of else ""
            click.echo(f"  {clause.id}{due}")


def _price(data: str, mapping: str, as_of: str, agreed: str, proposed: str, language: str) -> None:
    from insights.firm import locate, strategy_known
    from insights.strategy import load
    from insights.topics.alignment_price import price, sentences

    firm = _open(data, mapping, as_of, agreed)
    found = price(firm, firm.strategy, load(locate(proposed), strategy_known(firm.checked)))
    if found is None:
        click.echo("These data hold no lead that was won, so no key customer can be priced.")
        return
    for sentence in sentences(found, firm):
        click.echo(sentence.render(language))


def _form(data: str, mapping: str, agreed: str, form: Path, out: str, language: str) -> None:
    """A form that is there is read; one that is not is written, filled with what is agreed already."""
    from insights.forms import strategy_form

    if form.exists():
        target = Path(out).expanduser() if out else form.with_suffix(".toml")
        text = strategy_form.read(form, _known(data, mapping))
        if target.exists():
            raise UsageError(f"{target} is there already: give another place with --out")
        target.write_text(text, encoding="utf-8")
        click.echo(f"Strategy: {target}")
        return
    firm = _open(data, mapping, "", agreed)
    strategy_form.write(form, firm.strategy, language)
    click.echo(f"Form: {form}\nFill it in, then call the same command again.")


def _known(data: str, mapping: str):
    from insights.firm import open_firm, strategy_known
    from insights.problems import NoInput

    try:
        return strategy_known(open_firm(data, mapping=mapping).checked)
    except NoInput:
        return None
