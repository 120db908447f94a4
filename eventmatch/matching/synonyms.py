"""Words of fairs, business and technology that mean the same in German and English.

One group a line, its members parted by `=`. A member is a word or a phrase of two words that count
(stop words between them do not). Organisers may hand their own list to `Parameters.synonyms`.
"""

SYNONYMS = """
KI = AI = künstliche Intelligenz = artificial intelligence
maschinelles Lernen = machine learning = ML
Lieferkette = supply chain = Wertschöpfungskette
Vertrieb = sales
Einkauf = Beschaffung = procurement = purchasing
Nachhaltigkeit = sustainability
nachhaltig = sustainable
Klimaschutz = climate protection
Kreislaufwirtschaft = circular economy
erneuerbare Energie = renewable energy = renewables
Wasserstoff = hydrogen
Gesundheitswesen = healthcare = Gesundheitsversorgung
Pflege = nursing
Medizintechnik = medical technology = medtech
Krankenhaus = Klinik = hospital = clinic
Arzt = physician
Maschinenbau = mechanical engineering
Fertigung = manufacturing
Produkt = product
Werkstoff = Material
Qualitätssicherung = quality assurance
Forschung = research
F&E = R&D
Entwicklung = development
Wissenschaft = science
Hochschule = Universität = university
Bildung = education
Weiterbildung = Fortbildung = continuing education
Lehre = teaching
Ausbildung = apprenticeship
Berufseinstieg = career entry
Personalwesen = Personalabteilung = human resources = HR
Personalgewinnung = recruiting
Fachkräfte = skilled workers
Führung = leadership
Führungskraft = executive
Unternehmensgründung = Existenzgründung = startup
Finanzierung = financing = funding
Fördermittel = grants
Investor = Kapitalgeber
Wagniskapital = venture capital = Risikokapital
Versicherung = insurance
Steuerberatung = tax consulting = tax advice
Buchhaltung = bookkeeping = Buchführung
Recht = law
Rechtsanwalt = Anwalt = lawyer = attorney
Datenschutz = data protection = privacy = DSGVO = GDPR
IT-Sicherheit = cybersecurity = cyber security = Cybersicherheit = Informationssicherheit
Daten = data
Datenanalyse = data analysis = data analytics
Datenwissenschaft = data science
Softwareentwicklung = software development = software engineering
quelloffen = open source
Schnittstelle = interface = API
Benutzererfahrung = user experience = UX = Nutzererlebnis
barrierefrei = accessible
Digitalisierung = digitalisation = digitization = digital transformation
Verwaltung = administration
öffentlicher Dienst = public sector = öffentliche Verwaltung
Gemeinde = Kommune = municipality
Stadtplanung = urban planning = Stadtentwicklung
Verkehr = transport = traffic
Elektromobilität = E-Mobilität = electric mobility
Lagerhaltung = warehousing
Landwirtschaft = agriculture = farming
Lebensmittel = food
Umwelt = environment
Abfall = waste
Bauwesen = construction
Immobilien = real estate
Architekt = architect
Handwerk = crafts
Handel = trade
Einzelhandel = retail
Werbung = advertising
Öffentlichkeitsarbeit = public relations
Veranstaltung = event
Veranstaltungsplanung = event planning = event management
Fachmesse = trade fair = trade show
Tourismus = tourism
Ehrenamt = volunteering = Freiwilligenarbeit
gemeinnützig = nonprofit
Netzwerk = network
Beratung = consulting
Mittelstand = SME = KMU
Geschäftsmodell = business model
Geschäftsführer = managing director = CEO
Projektleitung = project management = Projektmanagement
Kunde = customer
Karte = map
Geodaten = geodata = spatial data
Fernerkundung = remote sensing
Sprache = language
Übersetzung = translation
Frauen = women
Vielfalt = diversity
Jugend = youth
Kinder = children
Musik = music
Verlag = publisher
"""
