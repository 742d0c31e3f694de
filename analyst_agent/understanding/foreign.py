"""Whether a text is in another language than English, by the small words of a few; only English is understood."""

from __future__ import annotations

from analyst_agent.understanding.words import word_set

_SMALL = {
    "German": "wie viele hoch war der das dem den und oder im ist sind wurde wurden haben wir nicht für mit von bei letzten letzte monat welche warum zeige mir eine einen zu",
    "Spanish": "cuántos cuántas cuantos cuantas cuál cual qué que los las del el se fue fueron por para con cómo mes último última nuestra nuestro hubo en de la",
    "French": "combien quel quelle quels les des du est sont nous avec pour dans le la dernier dernière mois pourquoi ont été en de",
    "Portuguese": "quantos quantas qual foram os dos em mês não último nossa nosso por para com de",
    "Italian": "quanti quante quale sono del della nel nella mese gli che per con ultimo nostri di",
    "Dutch": "hoeveel het een van zijn waren wij niet voor met bij vorige maand welke waarom",
}
_WORDS = {language: word_set(words) for language, words in _SMALL.items()}
_ENGLISH = word_set(
    "the of and is are was were how many what which did do does for with our we in on by to from last this show me give compare more than tickets escalations rate"
)
LEAST = 2
"""Different small words of a language that make a text one of it, where fewer English ones stand beside them."""


def foreign_language(text: str) -> str:
    """The language of a text that is not English, such as "German"; empty where it may be English."""
    said = word_set(text.casefold().translate(str.maketrans('¿?¡!.,;:"()', " " * 11)))
    english = len(said & _ENGLISH)
    language, count = max(((name, len(said & words)) for name, words in _WORDS.items()), key=lambda one: one[1])
    return language if count >= LEAST and count > english else ""
