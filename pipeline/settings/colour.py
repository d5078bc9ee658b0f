"""The contrast of two colours, as WCAG 2.2 defines it."""

from __future__ import annotations


def contrast_ratio(colour: str, background: str) -> float:
    """The contrast ratio of two colours, from 1 to 21.

    colour, background: hexadecimal, such as #12436D.
    Source: WCAG 2.2, "contrast ratio" and "relative luminance".
    """
    luminances = (_relative_luminance(colour), _relative_luminance(background))
    return (max(luminances) + 0.05) / (min(luminances) + 0.05)


def _relative_luminance(colour: str) -> float:
    red, green, blue = (_linear_channel(colour[start : start + 2]) for start in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear_channel(digits: str) -> float:
    channel = int(digits, 16) / 255
    if channel <= 0.04045:
        return channel / 12.92
    return ((channel + 0.055) / 1.055) ** 2.4
