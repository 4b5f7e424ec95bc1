"""Words that turn round what is said, as ``plain_words.tokens`` gives them."""

from __future__ import annotations

NEGATIONS = frozenset((
    "not", "no", "never", "none", "nobody", "nothing", "nowhere", "neither", "nor", "without", "hardly",
))
REACH = 3
"""Words before a word in which a negation turns it round: Pang, Lee and Vaithyanathan (2002) and most word lists since
then look back so far."""
