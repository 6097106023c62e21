"""The tone of a text: the words of a dictionary that stand in it, what takes them back, and the kind they tell of."""

from dataclasses import dataclass

from postloan.rules.news import Sentiment, Tone


@dataclass(frozen=True)
class Hit:
    """A word of the dictionary in a text.

    at          where it begins, in letters.
    is_negated  whether a negation before it takes it back; then it counts for nothing.
    """

    at: int
    word: str
    weight: int
    is_negated: bool


@dataclass(frozen=True)
class Read:
    """What a text tells: the sum of its words, each once, and the kind of event that follows."""

    score: int
    kind: str
    hits: tuple[Hit, ...]


def tone_of(text: str, rules: Sentiment) -> Read:
    """Read the tone of a text by a dictionary. Longer words are looked for first, and no letter counts twice."""
    hits = sorted(_hits(text, rules), key=lambda hit: hit.at)
    counted = {hit.word: hit.weight for hit in hits if not hit.is_negated}
    score = sum(counted.values())
    if score > rules.negative_from:
        return Read(score, rules.otherwise, tuple(hits))
    telling = [tone for tone in rules.words if tone.word in counted and tone.kind and tone.weight < 0]
    worst = min(telling, key=lambda tone: tone.weight, default=None)
    return Read(score, worst.kind if worst and worst.kind else rules.kind, tuple(hits))


def _hits(text: str, rules: Sentiment) -> list[Hit]:
    found, left = [], text
    for tone in sorted(rules.words, key=lambda tone: -len(tone.word)):
        while (at := left.find(tone.word)) >= 0:
            left = f"{left[:at]}{chr(0) * len(tone.word)}{left[at + len(tone.word) :]}"
            found.append(_hit(text, at, tone, rules))
    return found


def _hit(text: str, at: int, tone: Tone, rules: Sentiment) -> Hit:
    before = text[max(0, at - rules.reach) : at]
    return Hit(at, tone.word, tone.weight, any(word in before for word in rules.negations))
