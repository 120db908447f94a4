"""Texts of which we know who belongs to whom, written for this purpose.

Three sets: German compounds and the phrases that say the same; offers and what is sought, in other
words; and short biographies of people who share a subject, made by chance from its phrases.
"""

import random
from collections.abc import Sequence

Pairs = Sequence[tuple[str, str]]

COMPOUNDS = """
Rehabilitationsmedizin = rehabilitative Medizin
Datenjournalismus = Journalismus mit Daten
Verkehrsplanung = Planung des Verkehrs
Umweltbildung = Bildung für die Umwelt
Softwareentwicklung = Entwicklung von Software
Klimaforschung = Erforschung des Klimas
Energieberatung = Beratung zu Energie
Wasserversorgung = Versorgung mit Wasser
Kinderheilkunde = Heilkunde für Kinder
Waldbrandbekämpfung = Bekämpfung von Waldbränden
Steuerrecht = Recht der Steuern
Schulsozialarbeit = soziale Arbeit an Schulen
Lebensmittelsicherheit = sichere Lebensmittel
Holzbau = Bauen mit Holz
Bodenschutz = Schutz der Böden
Musiktherapie = therapeutische Musik
Sportpsychologie = Psychologie im Sport
Luftfahrtindustrie = Industrie der Luftfahrt
Produktgestaltung = Gestaltung von Produkten
Pflanzenzüchtung = Züchtung von Pflanzen
Gebäudesanierung = Sanierung von Gebäuden
Personalentwicklung = Entwicklung des Personals
Kundenbetreuung = Betreuung von Kunden
Qualitätskontrolle = Kontrolle der Qualität
Arbeitssicherheit = Sicherheit bei der Arbeit
Finanzplanung = finanzielle Planung
Industriedesign = industrielles Design
Tiermedizin = Medizin für Tiere
Sprachförderung = Förderung der Sprache
Hochwasserschutz = Schutz vor Hochwasser
Denkmalpflege = Pflege von Denkmälern
Rechtsberatung = rechtliche Beratung
Altenpflege = Pflege alter Menschen
Medienpädagogik = pädagogische Arbeit mit Medien
Maschinensteuerung = Steuerung von Maschinen
Buchgestaltung = Gestaltung von Büchern
Wirtschaftsprüfung = Prüfung der Wirtschaft
Kulturvermittlung = Vermittlung von Kultur
Batterieforschung = Erforschung von Batterien
Solartechnik = solare Technik
Bibliotheksverwaltung = Verwaltung einer Bibliothek
Chemieunterricht = Unterricht in Chemie
Landschaftsarchitektur = Architektur der Landschaft
"""

OFFERS_AND_SEEKS = """
Ich baue Maschinen für kleine Bäckereien = Bäckerei mit zwölf Leuten braucht eine Teigmaschine
Beratung beim Umstieg auf Elektrofahrzeuge = elektrische Lieferwagen für unseren Fuhrpark
Fördermittelanträge schreiben = jemand, der uns beim Förderantrag hilft
Testräume für barrierefreie Webseiten = Prüfung unserer Website auf Barrierefreiheit
Imker mit eigenem Honig = regionaler Honig vom Imker für den Hofladen
Schulungen in Erster Hilfe = Erste-Hilfe-Kurs für Betreuer im Zeltlager
Vertrieb von Medizinprodukten in Österreich = Vertriebspartner für ein medizinisches Gerät
Übersetzungen ins Polnische = Polnisch sprechende Übersetzerin
Lagerflächen am Hafen = Platz im Hafen, um Container zu lagern
Steuererklärungen für Vereine = Steuerberater, der sich mit Vereinen auskennt
Wärmepumpen für Altbauten = Heizung mit Wärmepumpe in einem alten Haus
Fotografin für Veranstaltungen = Fotos von unserem Sommerfest
Ladenbau und Regale aus Holz = Holzregale für einen neuen Laden
Programmierung von Robotern = Entwickler, die unseren Roboter programmieren
Marktforschung bei Jugendlichen = wissen, was Jugendliche kaufen; Forschung zum Markt
Gebrauchte Druckmaschinen = günstige gebrauchte Maschine für den Buchdruck
Mediation bei Streit im Team = Mediatorin für zerstrittene Teams
Saatgut alter Gemüsesorten = Samen von alten Sorten Gemüse
Patentanwalt für Chemie = Anwältin für ein chemisches Patent
Wohnungen für Auszubildende = unsere Azubis suchen Wohnraum
Kreditvergabe an Gründerinnen = Gründerkredit
Ehrenamtliche Sprachpaten = Paten, die mit Geflüchteten Deutsch sprechen
Veranstaltungstechnik mit Licht und Ton = Lichttechniker und Tontechnik für ein Festival
Datenanalyse für Krankenhäuser = Analyse unserer Krankenhausdaten
Solardächer auf Mehrfamilienhäusern = Solaranlage auf dem Dach unseres Mietshauses
Bodenproben und Düngeberatung = Beratung zur Düngung, Untersuchung von Böden
Schiffe reparieren = Reparatur eines Segelschiffs
Führungen durch Museen für Kinder = Museumsführung für eine Kindergruppe
Naturkosmetik aus Olivenöl = Hersteller von natürlicher Kosmetik
Bilanzbuchhalterin in Teilzeit = Buchhaltung und Bilanzen, einige Stunden in der Woche
Kartierung von Wäldern mit Drohnen = Drohnenbilder von unserem Wald
Spenden sammeln für Tierheime = Spender für das Heim, in dem unsere Tiere leben
Leichtbau mit Carbonfasern = leichte Bauteile aus Carbon
Aufbau von Betriebsräten = einen Betriebsrat gründen
Handgemachter Käse von Ziegen = Ziegenkäse für die Speisekarte
Chorleiterin = Leitung für einen gemischten Chor
We insure small ships = insurance for a sailing ship
Teaching refugees to code = coding classes for young refugees
I edit scientific manuscripts = an editor for our science manuscript
Roof gardens and green walls = gardeners for a green roof
Venture funding for biotech founders = investors who fund biotechnology
Repairing vintage synthesizers = someone to repair a 1978 synthesizer
Pricing strategy for software companies = how should a software startup price its product
Wheelchair accessible travel = travelling in a wheelchair
Fermentation tanks for breweries = a new tank for brewing beer
User tests with older people = elderly users who test our app
Sheep wool insulation = insulating a barn with natural wool
Public speaking coach = coaching for speakers who fear the public
Recycled plastic furniture = benches made from recycling plastics
Machine translation for Nordic languages = translating Norwegian and other Nordic language by machine
Community radio producers = producing radio for our community
Water quality sensors = sensing pollution of river water
Grant writing for museums = our museum needs grants
Bookbinding workshops = learn how books are bound
Tax advice for freelancers abroad = freelancing in another country and its taxes
Ethical hacking = hackers who test our security
Künstliche Intelligenz für die Radiologie = AI that reads X-ray images in radiology
Supply chain software = Software für unsere Lieferkette
Nachhaltige Verpackungen aus Papier = sustainable paper packaging
Nursing staff from Spain = Pflegekräfte, gern aus Spanien
Hydrogen storage = Speicher für Wasserstoff
Rechtsberatung zum Datenschutz = a lawyer for data protection
"""

LANGUAGES = """
KI in der Medizin = artificial intelligence for medicine
Vertrieb von Maschinen = sales of machines
Lieferkette und Logistik = supply chain and logistics
Datenschutz im Verein = privacy in clubs
Forschung zu Wasserstoff = hydrogen research
Pflege im Krankenhaus = nursing in hospitals
Beratung im Einkauf = procurement consulting
Landwirtschaft und Klimaschutz = agriculture and climate protection
Übersetzung und Sprache = translation and language
Finanzierung durch Wagniskapital = venture capital funding
"""

SUBJECTS = """
Weinbau; Reben im Steilhang; Winzer; Kellerwirtschaft; wine growing; pilzresistente Rebsorten; vineyards; Weine vermarkten
Radverkehr; Fahrradwege planen; cycling; Radwegenetz; bike lanes; Lastenräder; Verkehrsberuhigung; urban bicycle traffic
Pflegeheime; Altenpflege; Pflege von Demenzkranken; nursing homes; dementia care; Pflegedienstleitung; ambulante Pflege; elderly care
Holzbau; Bauen mit Holz; timber construction; Holzhäuser; Zimmerei; wooden buildings; Tragwerke aus Holz; serielles Bauen
Solarenergie; Photovoltaik auf Dächern; solar power; Solarparks; Stromspeicher; photovoltaics; Batteriespeicher; Mieterstrom
Datenjournalismus; Recherche mit Daten; investigative journalism; Zeitung; data stories; Journalistin; Redaktion; newsroom
Brettspiele; Spiele entwickeln; board games; Spieleverlag; game design; Spielregeln; Kartenspiele; playtesting
Imkerei; Bienen; beekeeping; Honig; Wildbienen schützen; bees; Bienenzucht; pollinators
Kinderbücher; Illustration; children's books; Bilderbücher; illustrator; Verlag für Kinder; picture books; Leseförderung
Wasserstoff; Elektrolyse; hydrogen; Brennstoffzellen; fuel cells; grüner Wasserstoff; electrolysers; Elektrolyseure
Kryptographie; Verschlüsselung; cryptography; sichere Protokolle; encryption; Schlüsselverwaltung; post-quantum; Angriffe auf Protokolle
Museen; Ausstellungen gestalten; museum; Kuratorin; exhibition design; Museumspädagogik; curators; Sammlungen digitalisieren
Robotik; Greifarme; robotics; Steuerung von Robotern; robot grippers; Roboter in der Montage; motion planning; autonome Roboter
Schulen; Unterricht in Mathematik; teaching maths; Lehrerin; Schulentwicklung; classroom; Mathematikunterricht; teachers
Moorschutz; Moore wiedervernässen; peatlands; Torf; rewetting; Paludikultur; Niedermoor; peat-free gardening
Mikrofinanz; Kleinkredite; microfinance; Kredite für Gründerinnen; small loans; Sparkassen; lending; Genossenschaftsbank
Barrierefreiheit; Screenreader; accessibility; barrierefreie Webseiten; accessible websites; leichte Sprache; assistive technology; Untertitel
Käse; Käserei; cheese making; Ziegenkäse; dairy; Milchverarbeitung; affineur; Reifekeller
Seilbahnen; Bergbahnen; cable cars; Skigebiet; ropeways; Seilbahntechnik; alpine tourism; Bergtourismus
Chöre; Chorleitung; choirs; Stimmbildung; singing; Chormusik; Gesang; choral conducting
Fernerkundung; Satellitenbilder; remote sensing; Geodaten; satellite imagery; Kartierung; Karten; land cover mapping
Genossenschaften; Wohnprojekte; cooperatives; gemeinschaftlich wohnen; housing co-op; Genossenschaft gründen; shared housing; Baugruppen
Textilien; Stoffe weben; textiles; Weberei; natural fibres; Flachs und Leinen; weaving; Garne
Notfallmedizin; Rettungsdienst; emergency medicine; Notärztin; paramedics; Rettungsleitstelle; Leitstellen; triage
"""

ABOUT_EVERYBODY = [
    "seit zwölf Jahren selbständig",
    "aus Berlin",
    "Projektleitung",
    "Studium in Leipzig",
    "gern im Gespräch",
    "for ten years",
    "based in Vienna",
    "team lead",
    "strategy and projects",
    "loves mountains",
    "Vorstand eines Vereins",
    "neu in der Stadt",
    "Dozent",
    "offen für neue Ideen",
    "internationale Projekte",
    "public funding",
    "start-up",
    "PhD student",
    "Mutter von zwei Kindern",
    "works remotely",
    "Netzwerken",
    "Workshops",
    "Moderation",
    "consulting",
    "Vorträge",
    "digital",
    "innovation",
    "Kommunikation",
]


PARTS = """
Wald|Wäldern Wasser|Wasser Schul|Schulen Stadt|Städten Buch|Büchern Kinder|Kindern Energie|Energie Verkehrs|Verkehr
Boden|Böden Daten|Daten Musik|Musik Umwelt|Umwelt Gebäude|Gebäuden Patienten|Patienten Kunden|Kunden Pflanzen|Pflanzen
Tier|Tieren Sprach|Sprachen Klima|Klima Textil|Textilien Maschinen|Maschinen Finanz|Finanzen Kultur|Kultur Sport|Sport
"""
HEADS = """
planung|Planung forschung|Erforschung schutz|Schutz beratung|Beratung pflege|Pflege sicherheit|Sicherheit
entwicklung|Entwicklung verwaltung|Verwaltung förderung|Förderung technik|Technik vermittlung|Vermittlung
versorgung|Versorgung analyse|Analyse gestaltung|Gestaltung politik|Politik wirtschaft|Wirtschaft
"""


def compounds_put_together() -> Pairs:
    """Return every part with every head, as one word and as a phrase; half of them are confusable."""
    parts = [word.split("|") for word in PARTS.split()]
    heads = [word.split("|") for word in HEADS.split()]
    return [
        (part + head, f"{head_alone} von {part_alone}")
        for part, part_alone in parts
        for head, head_alone in heads
    ]


def among_small_talk(pairs: Pairs, *, seed: int = 7) -> Pairs:
    """Return the pairs with phrases around both texts that everybody uses."""
    chance = random.Random(seed)
    return [
        (_with_small_talk(one, chance), _with_small_talk(other, chance)) for one, other in pairs
    ]


def _with_small_talk(text: str, chance: random.Random) -> str:
    said = [text, *chance.sample(ABOUT_EVERYBODY, 3)]
    chance.shuffle(said)
    return ", ".join(said)


def written(lines: str) -> Pairs:
    """Return the pairs of a list above."""
    sides = (line.split(" = ") for line in lines.strip().splitlines())
    return [(one, other) for one, other in sides]


def biographies(people_each: int = 3, *, seed: int = 7) -> tuple[list[str], list[int]]:
    """Return short biographies, and the subject of each.

    Each names two phrases of eight that its subject has, so that two of one subject mostly share
    none, and three that say nothing about it.
    """
    chance = random.Random(seed)
    texts, subjects = [], []
    for subject, line in enumerate(SUBJECTS.strip().splitlines()):
        for _ in range(people_each):
            said = ", ".join(chance.sample(line.split("; "), 2))
            texts.append(_with_small_talk(said, chance))
            subjects.append(subject)
    return texts, subjects
