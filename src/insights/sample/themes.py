"""What customers ask for, in Polish (inflected, with typing errors), German and English: five needs that many share,
one that a single customer repeats, and single remarks that belong to no theme."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Theme:
    """A need or improvement: how many customers voice it at 12,000 leads, its product, its item on the roadmap, and
    what they say."""

    topic: str
    kind: str
    customers: int
    product: int
    item: str | None
    polish: tuple[str, ...]
    german: tuple[str, ...]
    english: tuple[str, ...]


THEMES = (
    Theme("remote alarms", "need", 60, 6, "R4",
          ("alarmy na telefon by się przydały", "brak alarmów w telefonie", "prosimy o alram sms",
           "alarm na komórkę kierownika zmiany", "powiadomienia o alarmach na telefon",
           "chcą dostawać alarmy smsem", "czy będą alarmy w aplikacji na telefonie",
           "alarmow na tel. brak w monitoringu"),
          ("Alarm auf das Handy gewünscht", "Alarme per SMS wären gut", "Alarmmeldung aufs Handy fehlt",
           "Störungsalarm auf das Telefon"),
          ("alarms on the phone please", "they want alarm messages by phone", "no alarm on my mobile phone",
           "sms alarms are missing")),
    Theme("higher flow", "need", 45, 14, "R1",
          ("potrzebna większa wydajność pompy", "za mała wydajność W20", "pompy o wiekszej wydajnosci",
           "szukają pompy o wydajności ponad 90 m3", "wydajność pomp nie wystarcza", "pompa z większą wydajnością",
           "pytają o wydajnosc wyższą niż W20", "przydałaby się pompa o dużej wydajności"),
          ("größere Förderleistung nötig", "Pumpe mit mehr Förderleistung", "Förderleistung der Pumpe reicht nicht",
           "Förderleistung zu klein"),
          ("we need a higher flow rate", "pump with more flow", "flow rate of the pump is too low",
           "higher flow pump wanted")),
    Theme("wall mounting", "improvement", 30, 11, "R5",
          ("odzysk ciepła na ścianę", "montaż naścienny odzysku", "wersja nascienna H1", "H1 do powieszenia na ścianie",
           "brak wersji naściennej odzysku ciepła", "montażu na ścianie nie przewidziano"),
          ("Wandmontage für H1", "H1 an der Wand montieren", "Wandmontage der Wärmerückgewinnung"),
          ("wall mounted H1", "wall mounting of the heat recovery", "can H1 be mounted on the wall")),
    Theme("energy advice", "need", 22, 16, "R3",
          ("doradztwo energetyczne - czy oferujecie", "audyt energii dla sprężarek",
           "pomoc w oszczędzaniu energii", "audyt energetyczny sprężarkowni", "doradztwa w sprawie energii"),
          ("Energieberatung gesucht", "Energieaudit für Kompressoren", "Beratung zum Energieverbrauch"),
          ("energy audit for compressors", "advice on saving energy", "energy audit wanted")),
    Theme("faster spare parts", "improvement", 12, 10, None,
          ("części zamienne szybciej", "dłuuugo czekamy na częsci", "krótszy termin na części zamienne",
           "części zamiennych za długo nie ma"),
          ("Ersatzteile schneller", "zu lange auf Ersatzteile gewartet"),
          ("faster spare parts", "spare parts take too long")),
)
LOUD = Theme("custom paint", "need", 1, 0, None,
             ("kolor RAL na życzenie", "inny kolor pompy", "pompa w kolorze RAL 5010", "kolor pompy do wyboru"),
             ("Farbe nach RAL",), ("paint in RAL colour",))
LOUD_MENTIONS = 40
OTHER = Theme("other", "need", 40, 12, None,
              ("pyta o szkolenie dla operatorów", "faktury w jednym pliku", "chce umowę na trzy lata",
               "instrukcja po ukraińsku", "dostawa w soboty", "rabat za stałą współpracę",
               "wizyta na targach w Poznaniu",
               "zmiana osoby do kontaktu", "certyfikat materiałowy do każdej sztuki"),
              ("Rechnung per Mail", "Schulung vor Ort", "Besuch im Frühjahr"),
              ("invoice by mail", "training on site", "visit in spring", "drawing in another format"))
"""Remarks of no theme; each is made by a few."""
ALL = (*THEMES, LOUD, OTHER)
SAYS_AGAIN = 250
"""Thousandths of the customers of a theme that voice it twice."""
OPENERS = {"pl": ("", "", "Klient: ", "Z wizyty: ", "Utrzymanie ruchu pyta - ", "Znowu "),
           "de": ("", "", "Kunde: ", "Vom Besuch: "), "en": ("", "", "Customer: ", "After the visit: ")}
CLOSERS = {"pl": ("", "", "", " - pilne", " do końca kwartału", " prosi o odpowiedź", " już drugi raz", "!!"),
           "de": ("", "", " - dringend", " bitte um Antwort"), "en": ("", "", " - urgent", " please answer")}
COMPLAINTS = ("nieszczelny zawór po miesiącu", "reklamacja: przeciek", "Undicht nach Lieferung", "faulty on arrival",
              "zła dostawa", "uszkodzone w transporcie")
