"""Sharing a whole number in proportion, so that the parts always add up: largest remainder."""

from collections.abc import Mapping


def allot(total: int, weights: Mapping[str, int]) -> dict[str, int]:
    """`total` in whole parts in proportion to the weights, by largest remainder.

    Equal remainders go to the smallest code first (communes: their INSEE code), whatever the order
    of the mapping. All in integers: no rounding of floats decides who gets a minute or a cent.
    Raises ValueError for a negative number, or for something to share among weights of 0.
    """
    whole = sum(weights.values())
    if total < 0 or any(weight < 0 for weight in weights.values()):
        raise ValueError("only what is at least 0 is shared")
    if whole == 0:
        if total:
            raise ValueError("nobody to share among")
        return dict.fromkeys(weights, 0)
    parts = {code: total * weight // whole for code, weight in weights.items()}
    left = total - sum(parts.values())
    by_remainder = sorted(weights, key=lambda code: (-(total * weights[code] % whole), code))
    for code in by_remainder[:left]:
        parts[code] += 1
    return parts
