"""Lines of a job description or CV that are never asked about, by words and forms. Pure; refuses rather too much.

Who somebody is or how they live is no interviewer's business, whatever a CV tells of it (age, marital status, family,
religion, health, origin, union, politics); how they are reached is nobody's but theirs.
"""

from __future__ import annotations

import re


def is_private(line: str) -> bool:
    """Tells who somebody is or how they are reached, or is what every job description says of such things."""
    low = line.lower()
    return any(pattern.search(low) is not None for pattern in (_REACHED, _WHO, _HOUSE))


def _any(*alternatives: str) -> str:
    """One of the alternatives as whole words."""
    return rf"\b(?:{'|'.join(alternatives)})\b"


_STREET = r"(?:street|st|road|rd|avenue|ave|lane|close|drive|square|court)"
_REACHED = re.compile("|".join((
    r"@|https?:|www\.|\.(?:com|org|net|co\.uk|io|de|edu)\b|\bgithub\.",
    _any("linkedin"),
    r"(?:\+|\b00)\d[\d ()/-]{6,}|\b0\d[\d ()/-]{7,}|\(\d{3}\) ?\d{3}|\b\d{3}[- ]\d{3}[- ]\d{4}\b",
    r"\b(?:e-?mail|phone|mobile|tel|telephone|address|postcode|zip code)\b(?=\s*[:.(]|$)",
    rf"\b\d{{1,5}}[a-z]? (?:\w{{1,30}} ){{1,3}}{_STREET}\b",
    r"\b[a-z]{1,2}\d[a-z\d]? ?\d[a-z]{2}\b",
)))
"""E-mail, addresses on the web, telephone numbers, streets and British postcodes."""
_PARTY = r"(?:labour|conservative|tory|republican|democrat\w*|green|socialist|communist|liberal|workers(?:'|’)?)"
_ORIGIN = (
    r"(?:african|american|arab\w*|asian|bangladeshi|black|brazilian|bulgarian|caribbean|chinese|czech|egyptian|eritrean"
    r"|ethiopian|filipino|french|german|ghanaian|greek|hungarian|indian|indonesian|iranian|iraqi|irish|israeli|italian"
    r"|jamaican|japanese|kenyan|korean|kurdish|latino|latina|lithuanian|malaysian|mexican|moroccan|nepalese|nigerian"
    r"|pakistani|polish|portuguese|roma|romanian|russian|scottish|serbian|somali|spanish|sri lankan|sudanese|syrian"
    r"|tamil|thai|turkish|ukrainian|vietnamese|welsh|zimbabwean)")
"""Before an association or a community; "German customers" says nothing of who somebody is."""
_WHO = re.compile(_any(
    "born", "date of birth", "birthday", r"d\.?o\.?b", "birth ?place", "place of birth", "years? old", "age group",
    "age limit", r"aged? ?: ?\d*", r"age \d+", "age and", "marital", "married", "unmarried", "divorced", r"widow\w*",
    "spouse", "husband", "wife", r"fianc\w+", "single parent", "my children", "children ?:", "father of", "mother of",
    r"pregnan\w*", "maternity", "paternity", "parental leave", "gender", "sex", r"sexual\w*", r"lgbt\w*", "gay",
    "lesbian", "transgender", "pronouns", "male", "female", r"religio\w*", r"christian\w*", r"catholic\w*",
    r"protestant\w*", r"muslim\w*", r"islam\w*", "jewish", "jew", r"hindu\w*", r"buddhis\w*", r"sikh\w*",
    r"atheis\w*", r"church\w*", r"mosque\w*", r"synagogue\w*", "temple", "parish", "bible", "quran", "faith",
    r"pray\w*", r"ethnic\w*", "race(?! condition)", "racial", "nationality", r"citizen\w*", r"immigra\w*", "refugee",
    "asylum", "visa", "passport", "work permit", "right to work", "mother tongue", "native speaker", r"disab\w+",
    r"handicap\w*", "impairment", "diagnos(?:ed|is) with", "illness", "health condition", "good health",
    "health status", "state of health", "medical history", "physically fit", r"depress\w+", "weight", "height", "photo",
    "photograph", r"union member\w*", "member of (?:a|the) (?:trade )?union", "trade union", "political party",
    r"party member\w*", "conscription", "military status", "criminal record", r"bankrupt\w*",
    "prison", "jail", r"convict\w*", r"offender\w*", "on probation", r"cancer\w*", r"chemo\w*",
    r"recover\w* from (?:an? |my )?(?:illness|injury|accident|operation|surgery|stroke|burn-?out)",
    r"hospitali[sz]ed", "rehab", r"autis\w*", "adhd", r"dyslexi\w*", r"diabet\w*", r"epilep\w*",
    r"my (?:mental )?health",
    r"(?:no|own|our|one|two|three|four|five) (?:small |young )?children", "kids", r"managed (?:a |my |our )?household",
    r"(?:housewife|homemaker|stay[- ]at[- ]home)", r"car(?:er|ing|ed) for my", r"baptist\w*", r"methodist\w*",
    r"anglican\w*", r"evangelical\w*", "orthodox", r"presbyterian\w*", r"quaker\w*", r"mormon\w*", r"jehovah\w*",
    r"chaplain\w*", r"missionar\w*", "pastor", "rabbi", "imam", "priest", "gospel", "ramadan", "diocese",
    rf"{_PARTY} party", r"campaign(?:ed|ing) for", r"canvass\w*", "election campaign", r"activis\w+",
    r"protest(?:s|ed|er)?",
    rf"{_ORIGIN} (?:students?|societ|associat|communit|diaspora|club|heritage|origin|descent)\w*",
))
_HOUSE = re.compile(_any(
    r"equal opportunit\w*", "regardless of", "diversity", "inclusive employer", "we offer", "benefits", "perks",
    "pension", "holiday (?:allowance|entitlement)", "days(?:'|’)? (?:of )?(?:holiday|leave)", "salary", "per annum",
    "per hour", "wage", "bonus", "closing date", "apply (?:now|by|with|via|online|to|here)", "how to apply",
    "send (?:us )?your", "your (?:application|cv)", "cover letter", "about us", "our mission", "founded in",
    r"headquarter\w*", "references (?:are )?(?:available|on request)", "curriculum vitae", "job ref",
    "background check", "not required", "not necessary", "no (?:prior |previous )?(?:experience|knowledge)",
))
"""What stands in every advertisement, and is nothing that a candidate has done."""
