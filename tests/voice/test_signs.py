from __future__ import annotations

from greenroom.voice.signs import Sign, phonemes, word_marks
from greenroom.voice.visemes import SILENCE


def every_tenth(signs: str) -> list[Sign]:
    """Each sign 0.1 s after the one before it."""
    return [Sign(sign, n / 10) for n, sign in enumerate(signs)]


def heard(signs: str) -> list[tuple[str, float]]:
    return [(p.ipa, p.start_s) for p in phonemes(every_tenth(signs))]


def test_a_sound_begins_with_its_stress_and_keeps_its_marks() -> None:
    assert heard("tˈiːm") == [("t", 0.0), ("i", 0.1), ("m", 0.4)]


def test_signs_that_are_one_phoneme_come_together_within_a_word() -> None:
    assert heard("tʃaɪ") == [("tʃ", 0.0), ("aɪ", 0.2)]
    assert [ipa for ipa, _ in heard("a ɪ")] == ["a", "ɪ"]
    assert [ipa for ipa, _ in heard("aˈɪ")] == ["a", "ɪ"]


def test_punctuation_is_one_silence() -> None:
    assert heard("a,. b") == [("a", 0.0), (SILENCE, 0.1), ("b", 0.4)]


ALONE = {"of": "ʌv", "the": "ðə", "a": "ˈeɪ", "team": "tˈiːm", "team.": "tˈiːm.", "-": "",
         "21%": "twˈɛnti wˈʌn pɚsˈɛnt"}


def words(text: str, spoken: str) -> list[tuple[str, float]]:
    """The words that have a mark, and the place of the sign that each begins with."""
    marks = word_marks(text, [Sign(sign, float(n)) for n, sign in enumerate(spoken)], lambda word: ALONE[word])
    return [(text[index:].split(maxsplit=1)[0], place) for index, place in marks]


def test_words_that_are_spoken_as_one_have_a_mark_each() -> None:
    assert words("of the team.", "ʌvðə tˈiːm.") == [("of", 0), ("the", 2), ("team.", 5)]


def test_a_word_that_is_spoken_as_several_has_one_mark() -> None:
    assert words("of 21% - the team", "ʌv twˈɛnti wˈʌn pɚsˈɛnt ðə tˈiːm") == [
        ("of", 0), ("21%", 3), ("the", 24), ("team", 27)]


def test_a_word_that_sounds_otherwise_in_a_sentence_is_found_by_its_gap() -> None:
    assert words("of a team", "ʌv ɐ tˈiːm") == [("of", 0), ("a", 3), ("team", 5)]


def test_nothing_spoken_has_no_marks() -> None:
    assert words("of a", "") == []
    assert words("-", "ʌv") == []
