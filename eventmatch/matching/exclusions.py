"""Who is never suggested to whom: colleagues, and pairs that are ruled out.

Exclusions come before the ranking: no likeness can make up for them.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from eventmatch.matching.profile import Profile

Closed = Collection[tuple[str, str]]
"""Groups of which the first is never shown anybody of the second."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LEGAL_FORMS = _words(
    """
    gmbh mbh ag kg kgaa ohg gbr ug eg ev ek se co cie inc incorporated ltd limited llc
    llp plc corp corporation company sa sas sarl srl spa bv nv ab oy as aps gesmbh ggmbh
    haftungsbeschrankt holding group gruppe
    """
)
_NO_EMPLOYER = _words(
    """
    freelance freelancer freiberuflich freiberufler freiberuflerin freischaffend independent kein
    keine keiner na none ohne own privat private privatperson rentner rentnerin retired
    selbstandig selbststandig selbstandige selbststandige self selfemployed student studentin
    studierend unemployed arbeitslos
    """
)
_ABBREVIATION = re.compile(r"\b(?:[a-z]\.\s?)+")
_UMLAUTS = str.maketrans("äöü", "aou")
_WORD = re.compile(r"[^\W_]+")

_PUBLIC_PROVIDERS = _words(
    """
    gmail.com googlemail.com outlook.com outlook.de hotmail.com hotmail.de live.com
    live.de msn.com yahoo.com yahoo.de ymail.com icloud.com me.com mac.com aol.com
    aol.de gmx.de gmx.net gmx.com gmx.at gmx.ch web.de t-online.de freenet.de arcor.de
    mail.de email.de posteo.de posteo.net mailbox.org proton.me protonmail.com
    protonmail.ch pm.me tutanota.com tutanota.de tuta.io fastmail.com zoho.com mail.com
    1und1.de online.de kabelmail.de vodafone.de vodafonemail.de o2online.de bluewin.ch
    hispeed.ch a1.net aon.at chello.at orange.fr free.fr laposte.net wanadoo.fr
    libero.it tiscali.it virgilio.it wp.pl o2.pl interia.pl seznam.cz mail.ru yandex.ru
    yandex.com qq.com 163.com 126.com naver.com comcast.net verizon.net att.net
    btinternet.com
    """
)
_RESERVED = re.compile(r"(?:^|\.)(?:example\.(?:com|net|org)|example|test|invalid|localhost)$")
_FEW_COLLEAGUES = 10
_MOST_COLLEAGUES = 0.2


def employer(company: str) -> str:
    """Return the company without case, accents, signs and legal form; "" for none.

    `Müller & Co. GmbH` and `MUELLER` are one. Freelancers have none, whatever they call it.
    """
    if not company:
        return ""
    plain = company.casefold()
    if "." in plain:
        plain = _ABBREVIATION.sub(lambda found: re.sub(r"[.\s]", "", found[0]) + " ", plain)
    plain = re.sub(r"([aou])e", r"\1", plain.translate(_UMLAUTS))
    if not plain.isascii():
        decomposed = unicodedata.normalize("NFKD", plain)
        plain = "".join(sign for sign in decomposed if not unicodedata.combining(sign))
    words = _WORD.findall(plain)
    name = "".join(word for word in words if word not in _LEGAL_FORMS) or "".join(words)
    return "" if name in _NO_EMPLOYER else name


def mail_domain(email: str) -> str:
    """Return the domain of an employer's address, "" for any other."""
    domain = email.rpartition("@")[2].strip().casefold() if "@" in email else ""
    return "" if domain in _PUBLIC_PROVIDERS or _RESERVED.search(domain) else domain


def colleagues_by_employer(profiles: Sequence[Profile]) -> dict[str, list[int]]:
    """Return the positions of each employer's people."""
    return _together(employer(profile.company) for profile in profiles)


def colleagues_by_mail(profiles: Sequence[Profile]) -> dict[str, list[int]]:
    """Return the positions of the people of each mail domain of an employer.

    A domain that more than every fifth person uses is taken for a provider that we do not know.
    """
    people = _together(mail_domain(profile.email) for profile in profiles)
    most = max(_FEW_COLLEAGUES, _MOST_COLLEAGUES * len(profiles))
    return {domain: positions for domain, positions in people.items() if len(positions) <= most}


def _together(names: Iterable[str]) -> dict[str, list[int]]:
    together: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        if name:
            together.setdefault(name, []).append(position)
    return together


def closed_by_label(
    labels: Sequence[str], closed: Closed
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the number of each person's label, and of which labels what reader sees none of."""
    number = {label: place for place, label in enumerate(dict.fromkeys(labels))}
    table = np.zeros((len(number), len(number)), dtype=bool)
    for reader, shown in closed:
        if reader in number and shown in number:
            table[number[reader], number[shown]] = True
    return np.array([number[label] for label in labels], dtype=np.int64), table


def ruled_out(
    excluded: Collection[frozenset[str]], position: dict[str, int]
) -> list[tuple[int, int]]:
    """Return the excluded pairs of people who are here, each once, the lower position first."""
    here = (sorted(position[one] for one in pair if one in position) for pair in excluded)
    return sorted({(pair[0], pair[1]) for pair in here if len(pair) == 2})
