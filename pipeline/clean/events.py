"""What happens to a case apart from its stages: it is linked to another, or closed and reopened."""

from __future__ import annotations

from typing import Literal

import pandas as pd

LISTED_AGAIN_RULE = "same complaint in a later year's extract"
LINKED_RULE = "linked to another case, and counted as that case"
MOVED_RULE = "moved to another procedure, and counted there"
MOVED_STAGE_RULE = "a stage of a case that was moved to another procedure"
LINKED_STAGE_RULE = "a stage that the case it is linked to has too"

ReopenedClock = Literal["first closing", "last closing"]


def linked_cases(complaints: pd.DataFrame) -> dict[str, str]:
    """By the reference of each linked case, the reference of the case that is counted.

    A case may be linked to one that is linked itself. A case linked to one that is not in the
    extracts is counted, and so is the first of cases that are linked to each other.
    """
    links = complaints[complaints["linked_to"].notna() & complaints["reference"].notna()]
    if links.empty:
        return {}
    known = set(complaints["reference"].dropna())
    targets = {
        reference: target
        for reference, target in zip(links["reference"], links["linked_to"], strict=True)
        if target in known and target != reference
    }
    counted: dict[str, str] = {}
    for reference in targets:
        chain = [reference]
        while chain[-1] in targets and targets[chain[-1]] not in chain:
            chain.append(targets[chain[-1]])
        end = chain[-1]
        if end in targets:  # cases linked to each other: the first in the extracts is counted
            circle = chain[chain.index(targets[end]) :]
            end = min(circle, key=list(targets).index)
        if end != reference:
            counted[reference] = end
    return counted


def is_linked(cases: pd.DataFrame) -> pd.Series:
    """Whether each case is counted as another."""
    return cases["reference"].isin(list(linked_cases(cases)))


def is_moved(cases: pd.DataFrame) -> pd.Series:
    """Whether each case was moved to another procedure."""
    return cases["moved_to"].notna()


def follow_links(investigations: pd.DataFrame, complaints: pd.DataFrame) -> pd.DataFrame:
    """The investigations, with those of linked cases under the case that is counted.

    `is_linked` says which they are.
    """
    counted = linked_cases(complaints)
    linked = investigations["complaint"].isin(list(counted))
    complaint = investigations["complaint"].replace(counted) if counted else None
    if complaint is None:
        return investigations.assign(is_linked=False)
    return investigations.assign(complaint=complaint, is_linked=linked)


def is_repeated_stage(investigations: pd.DataFrame) -> pd.Series:
    """Whether a stage of a linked case is also one of the case that is counted."""
    linked = investigations["is_linked"]
    own = pd.MultiIndex.from_frame(investigations.loc[~linked, ["complaint", "stage"]])
    keys = pd.MultiIndex.from_frame(investigations[["complaint", "stage"]])
    is_again = investigations.duplicated(["complaint", "stage"]) & linked
    return (linked & keys.isin(own)) | is_again


def apply_reopening(
    cases: pd.DataFrame, investigations: pd.DataFrame, clock: ReopenedClock
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The cases and investigations with the dates on which the clocks of reopened cases stop.

    An open case has no closing date. clock: the first closing changes nothing else; the last is
    also the response of the last stage that was answered.
    """
    is_open = (cases["status"] == "open") & cases["closed"].notna()
    closed = cases["closed"].mask(is_open)
    if clock == "last closing" and cases["closed_again"].notna().any():
        again = cases.loc[cases["closed_again"].notna()].drop_duplicates("reference", keep="last")
        last_day = again.set_index("reference")["closed_again"]
        closed = cases["closed_again"].fillna(closed)
        answered = investigations[investigations["responded"].notna()]
        answered = answered.sort_values(["complaint", "stage"], kind="stable")
        last = answered.drop_duplicates("complaint", keep="last")
        days = last["complaint"].map(last_day).dropna()
        responded = investigations["responded"].copy()
        responded.loc[days.index] = days.astype(responded.dtype)
        investigations = investigations.assign(responded=responded)
    return cases.assign(closed=closed), investigations
