"""Numbers as texts print them, compared with what was measured."""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"(?<![\w.,/:-])[-+−]?(\d[\d,]*(?:\.\d+)?)(\s?(?:%|per cent)|\s(?:of|in|out of)\s100\b)?(?![\w])")


def shows(text: str, measured: float) -> bool:
    """Whether one of the numbers in a text is `measured`, as far as it is printed; a share may stand in per cent."""
    wanted = abs(Decimal(repr(measured)))
    for digits, percent in _NUMBER.findall(text):
        printed = Decimal(digits.rstrip(",").replace(",", ""))
        half = Decimal(1).scaleb(int(printed.as_tuple().exponent)) / 2
        if any(abs(printed - wanted * scale) <= half for scale in ((100,) if percent else (1, 100))):
            return True
    return False
