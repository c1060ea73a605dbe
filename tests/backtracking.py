"""
How many steps an engine takes that goes back over its ways to match, as Java's does: counted, since
seconds tell of the machine. It knows what the package's expressions are made of, and no more.
"""

from __future__ import annotations

import functools
import re
import sys

if sys.version_info >= (3, 11):
    from re import _constants as signs
    from re import _parser as parser
else:
    import sre_constants as signs
    import sre_parse as parser

_DEEPEST = 20_000  # a group that repeats goes down once for each time
_CATEGORIES = {
    signs.CATEGORY_DIGIT: r"\d",
    signs.CATEGORY_SPACE: r"\s",
    signs.CATEGORY_WORD: r"\w",
}
_FEW = (signs.LITERAL, signs.NOT_LITERAL, signs.ANY, signs.IN)


@functools.cache  # each is tried on many texts
def _parts_of(expression):
    return tuple(parser.parse(expression))


class Engine:
    """Matches one expression and counts each character or place that it looks at."""

    def __init__(self, expression):
        self._parts = _parts_of(expression)
        self._text = ""
        self.steps = 0

    def ends_in(self, text):
        """The ends of all matches from the left, each looked for from every place."""
        self._text = text
        depth = sys.getrecursionlimit()
        sys.setrecursionlimit(_DEEPEST)
        try:
            yield from self._ends(0)
        finally:
            sys.setrecursionlimit(depth)

    def _ends(self, start):
        while start <= len(self._text):
            end = self._match(self._parts, start, lambda at: at)
            if end is not None:
                yield end
            start = end if end is not None and end > start else start + 1

    def _match(self, parts, at, then):
        """The end of a match of the parts from a place on, with what comes after; else None."""
        if not parts:
            return then(at)
        (sign, argument), rest = parts[0], parts[1:]
        self.steps += 1
        if sign in _FEW:
            fits = self._fits(sign, argument, at)
            return self._match(rest, at + 1, then) if fits else None
        return self._branch(sign, argument, at, lambda end: self._match(rest, end, then))

    def _branch(self, sign, argument, at, then):
        if sign is signs.AT:
            return then(at) if self._stands(argument, at) else None
        if sign is signs.ASSERT:
            ahead = self._match(argument[1].data, at, lambda end: end)
            return None if ahead is None else then(at)
        if sign is signs.SUBPATTERN:
            return self._match(argument[3].data, at, then)
        if sign is signs.BRANCH:
            ends = (self._match(way.data, at, then) for way in argument[1])
            return next((end for end in ends if end is not None), None)
        assert sign is signs.MAX_REPEAT, sign
        least, most, inner = argument
        return self._repeat(inner.data, least, most, at, then)

    def _repeat(self, inner, least, most, at, then):
        if len(inner) == 1 and inner[0][0] in _FEW:
            return self._run(inner[0], least, most, at, then)
        if most != 0:
            again = self._match(
                inner,
                at,
                lambda end: (
                    None
                    if end == at
                    else self._repeat(inner, max(least - 1, 0), most - 1, end, then)
                ),
            )
            if again is not None:
                return again
        return then(at) if least == 0 else None

    def _run(self, one, least, most, at, then):
        """As many of one character as there are, then one less each time."""
        end = at
        while end - at < most and self._fits(*one, end):
            self.steps += 1
            end += 1
        while end - at >= least:
            self.steps += 1
            found = then(end)
            if found is not None:
                return found
            end -= 1
        return None

    def _stands(self, where, at):
        if where is signs.AT_BEGINNING:
            return at == 0
        if where is signs.AT_END:
            return at == len(self._text)
        assert where is signs.AT_BOUNDARY, where
        before, after = self._text[at - 1 : at] if at else "", self._text[at : at + 1]
        return bool(re.match(r"\w", before)) != bool(re.match(r"\w", after))

    def _fits(self, sign, argument, at):
        if at >= len(self._text):
            return False
        character = ord(self._text[at])
        if sign is signs.IN:
            return _is_in(argument, character)
        if sign is signs.ANY:
            return character != ord("\n")
        return (character == argument) == (sign is signs.LITERAL)


def _is_in(members, character):
    negated = members[0][0] is signs.NEGATE
    for kind, member in members[1:] if negated else members:
        if kind is signs.RANGE:
            found = member[0] <= character <= member[1]
        elif kind is signs.CATEGORY:
            found = bool(re.match(_CATEGORIES[member], chr(character)))
        else:
            assert kind is signs.LITERAL, kind
            found = character == member
        if found:
            return not negated
    return negated


def steps(expression, text):
    """The steps to find all matches of an expression in a text."""
    engine = Engine(expression)
    ends = list(engine.ends_in(text))
    assert ends == [found.end() for found in re.finditer(expression, text)]
    return engine.steps
