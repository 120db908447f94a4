"""Names to recombine: German, English, and some in other scripts, as at any larger fair."""

from __future__ import annotations

import re
import unicodedata
from random import Random


def name_for(chance: Random, language: str, role: str) -> tuple[str, str]:
    """Draw a name as typed, and its form for a mail address."""
    if chance.random() < 0.02:
        return chance.choice(_NAMES_IN_OTHER_SCRIPTS)
    women, men, family_names = (names.split() for names in _NAMES[language])
    first = chance.choice(_fitting(role, women, men))
    last = chance.choice(family_names)
    if chance.random() < 0.06:
        last = f"{last}-{chance.choice(family_names)}"
    address = f"{_ascii(first)}.{_ascii(last)}"
    title = "Dr. " if chance.random() < 0.04 else ""
    return f"{title}{first} {last}", address


def _fitting(role: str, women: list[str], men: list[str]) -> list[str]:
    """Choose first names that go with the role: German job titles tell a woman from a man."""
    if re.search(r"[a-zäöüß]{3}in\b", role):
        return women
    if re.search(r"(meister|leiter|führer|inhaber|berater|gründer|ingenieur)\b", role.lower()):
        return men
    return women + men


_SPELT_OUT = str.maketrans(
    {
        "ä": "ae",
        "ö": "oe",
        "ü": "ue",
        "ß": "ss",
        "ø": "o",
        "ł": "l",
        "ı": "i",
    }
)


def _ascii(name: str) -> str:
    spelt = unicodedata.normalize("NFKD", name.lower().translate(_SPELT_OUT))
    return re.sub(r"[^a-z-]", "", spelt)


_GERMAN_WOMEN = """
    Anna Bettina Birgit Carla Christa Daniela Doris Edda Elif Emma Frauke Frieda Gabriele Hanna
    Heidi Henrike Ida Ilka Imke Jana Johanna Judith Karin Kerstin Kirsten Lara Leyla Lisbeth
    Luise Manuela Marlene Meike Mirjam Nele Nicole Paula Pia Regina Renate Saskia Selma Sina
    Svenja Tanja Theresa Tilda Uta Verena Viola Wilma Şule Agnieszka Anne-Kathrin Eva-Maria
"""

_GERMAN_MEN = """
    Albert André Arne Bastian Benno Bernhard Christian Clemens Cem Daniel David Dirk Eberhard
    Emil Enno Felix Friedrich Georg Gregor Hakan Hannes Henrik Hinnerk Ingo Jan Jannik Jochen
    Johannes Karsten Kai Konrad Lars Leon Linus Ludger Luis Magnus Marius Markus Moritz Niklas
    Ole Oskar Paul Raphael Sebastian Simon Steffen Till Tomasz Ulrich Valentin Vincent Yusuf
    Hans-Peter Karl-Heinz
"""

_GERMAN_FAMILY_NAMES = """
    Adler Ahrens Amendt Bachmann Barth Baumann Beckedorf Behnke Bender Berger Birkholz Böhme
    Bollmann Brandstetter Brockhaus Buchholz Burmeister Büttner Carstensen Dahlke Dietz
    Dombrowski Ebeling Eckert Ehrhardt Eilers Esposito Falkner Feddersen Fleischhauer Franke
    Freitag Fröhlich Gärtner Gebhardt Giesecke Goldbach Görlitz Graf Greve Gutzeit Haas Hagemann
    Harms Heinemann Hellmann Henke Herbst Hinrichsen Hoffmann Hölscher Holtkamp Hornung Jacobi
    Jäger Jessen Kalinowski Karstens Kaya Kellermann Kirchhoff Klostermann Knoblauch Köhler
    Kramer Kröger Kuhlmann Kunze Landwehr Lehmann Lichtenberg Lindemann Lohse Lütjens Maurer
    Meinecke Menzel Mertens Möllenkamp Mühlbauer Naumann Niehaus Nowak Oberländer Osterloh
    Özdemir Papenburg Paschke Pohlmann Prinz Quirin Radtke Reichelt Reinke Riedel Rohwer Rüter
    Sander Schäfer Schlüter Schönfeld Schumacher Schwarzkopf Seidel Siebert Sommer Stahl
    Steinbrink Stolz Straßburger Tegtmeier Thomsen Tiedemann Uhlmann Vahrenkamp Viehweger Vogt
    Wagenknecht Walther Weidemann Westphal Wieczorek Wilkens Winterberg Wulff Yılmaz Zander
    Zeidler Zöllner Zumbrink
"""

_ENGLISH_WOMEN = """
    Abigail Ada Aisha Amy Bronwyn Beatrice Caitlin Chiara Daphne Deborah Eleanor Elena Esther
    Fiona Freya Georgia Gemma Heather Imogen Ines Isobel Joan Katarzyna Kirsty Lucy Mabel Marta
    Maeve Megan Naomi Noor Olive Pauline Rachel Rebecca Rosalind Sophia Tamsin Ursula Willa
    Yasmin Agnès Mary-Anne
"""

_ENGLISH_MEN = """
    Alastair Andrés Barnaby Callum Cormac Dominic Dylan Edmund Elliot Ewan Farid Gareth Gustav
    Hamish Harvey Henry Idris Ismael Jasper João Kieran Kwame Leopold Lewis Luca Malcolm Mateusz
    Nathan Niall Ollie Oscar Patrick Quentin Rafael Reuben Rory Rupert Sanjay Stanley Theo
    Tobias Victor Wilfred Xavier Zachary
"""

_ENGLISH_FAMILY_NAMES = """
    Abbott Adeyemi Aldridge Arkwright Ashby Atherton Banerjee Barlow Beckwith Birchall Blackwood
    Bowditch Bramley Briggs Byrne Calloway Carmichael Chatterjee Clegg Colvin Crosby Cullinane
    Dalgleish Davenport Devlin Dubois Eastwood Ellery Fairweather Fenwick Ferreira Fletcher
    Garside Gallagher Greenhalgh Hargreaves Hathaway Heron Holloway Hussain Iveson Janowski
    Jessop Kapoor Kavanagh Kowalski Langford Larsen Lockwood Lombardi Macready Marchetti Mbatha
    Merriweather Moreau Mukherjee Nightingale Norwood Okoro Osei Pemberton Penrose Pickering
    Quigley Radcliffe Ramsbottom Redfern Rossi Sallow Sandoval Sharma Silva Skelton Stainforth
    Sutcliffe Thackeray Thistlewood Tremaine Underhill Vasquez Wainwright Weatherby Whitcombe
    Winslow Wolstenholme Yeats Ødegård
"""

_NAMES = {
    "de": (_GERMAN_WOMEN, _GERMAN_MEN, _GERMAN_FAMILY_NAMES),
    "en": (_ENGLISH_WOMEN, _ENGLISH_MEN, _ENGLISH_FAMILY_NAMES),
}

_NAMES_IN_OTHER_SCRIPTS = (
    ("Νίκος Αναγνωστόπουλος", "nikos.anagnostopoulos"),
    ("Κατερίνα Μαυρίδου", "katerina.mavridou"),
    ("Олена Гриценко", "olena.hrytsenko"),
    ("Андрій Шевчук", "andrii.shevchuk"),
    ("Милица Јовичић", "milica.jovicic"),
    ("Димитър Стоилов", "dimitar.stoilov"),
    ("سلمى الخطيب", "salma.alkhatib"),
    ("كريم الناصر", "karim.alnasser"),
    ("שירה אלון", "shira.alon"),
    ("איתן גולדברג", "eitan.goldberg"),
    ("刘思远", "siyuan.liu"),
    ("黄雅婷", "yating.huang"),
    ("山本 さくら", "sakura.yamamoto"),
    ("高橋 大輔", "daisuke.takahashi"),
    ("박지훈", "jihoon.park"),
    ("अंजलि देशपांडे", "anjali.deshpande"),
    ("Phạm Thị Lan Hương", "lanhuong.pham"),
    ("Võ Đức Thịnh", "ducthinh.vo"),
    ("ნინო ბერიძე", "nino.beridze"),
    ("Աննա Պետրոսյան", "anna.petrosyan"),
)
