"""docs/procedures.md: every procedure that comes with the program, and how to write another.

`python -m pipeline.settings.docs.procedures_docs` prints the page.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipeline.procedures import Clock, Procedure, Stage
from pipeline.procedures.limits import clock_key
from pipeline.settings.procedures import packaged_names, packaged_procedure

INTRODUCTION = """\
# Procedures

A procedure is the law and rules under which a complaint is handled: who may complain, the stages
with their clocks, the outcomes and what they mean, and what the annual report must contain. Each is
one YAML file in `pipeline/procedures/`. Data dictionary, rules, figures, disclosure control,
checklist and the words of the report follow from it. This page is made from those files; after a
change, rebuild it with `python -m pipeline.settings.docs.procedures_docs > docs/procedures.md`.

`council.yaml` names the procedure of a workspace; without the key it is `children`:

```yaml
procedures: [corporate]
time_limits:
  stage_1_response: 20 working days
```

`time_limits` replaces values of the procedure where a council has local standards. A value is a
length such as `20 working days`, `28 calendar days` or `6 months`; a bare number is in the unit of
the procedure. Where the standard depends on the grade of a complaint, give the length of each
grade, and the grade of each complaint in the column `grade`:

```yaml
time_limits:
  stage_1_response: {green: 10 working days, amber: 25 working days, red: 6 months}
```

## How a clock runs

- The day of the start is day 0. Working days leave out weekends and bank holidays in England;
  calendar days and months do not. A month ends on the same day of the month, or on its last day.
- An extension counts only on a recorded ground (`extended`, `extension_ground`). Where the law says
  "or longer as agreed", the date in `agreed_due` counts if it is later than the limit.
- If the event with which a clock starts is not recorded, the clock starts when that event was due.
- A stage is late if its response is. Where `every_clock_counts`, as at the review panel of the
  children's procedure, it is late if any of its clocks is.
- Each clock before the response, such as the acknowledgement, has a figure of its own.
"""
OWN = """\
## A procedure of your own

Put a file into `data/raw/procedures/`, with the name of the procedure, and name it under
`procedures` in `council.yaml`. It replaces a packaged one of the same name. Copy the nearest file
from `pipeline/procedures/` and change it; `annual-report check` names each mistake with its line.

| key | what it says |
| --- | --- |
| `name`, `title`, `law`, `sources` | what it is called, and where its rules come from |
| `unverified` | facts in the file that could not be checked at their source |
| `person`, `people` | one whom the service is for, and many |
| `days` | `working day` or `calendar day`: the unit in which times are measured |
| `complainants` | who may complain, each with the word for several of them |
| `young_people` | the one of these that means a child, for the section on children |
| `not_accepted_reasons` | why a complaint may be turned away |
| `compliment_sources` | who may pay a compliment, which council.yaml may replace |
| `outcomes` | each with `fault`, `no fault` or `undecided`; `withdrawn: undecided` is always one |
| `stages` | in order; each with `explanation` (in the language of the narrative) and `clocks` |
| `stages`: `noun`, `verb` | what is done at it, such as `review` and `reviewed` |
| `stages`: `request_within` | how long a complainant may ask for it |
| `stages`: `may_begin` | a complaint may begin at it without the stage before (not at the last) |
| `stages`: `has_cost` | its cost is reported |
| `stages`: `every_clock_counts` | it is late if any clock is |
| `clocks`: `name` | the last one, which ends with the response, is called `response` |
| `clocks`: `start`, `end` | events: the dates of the extract `investigations` |
| `clocks`: `limit` | its length |
| `clocks`: `extended` or `extension` | the length in all, or what is added, on a ground |
| `clocks`: `grounds` | on which it may be extended |
| `clocks`: `until_agreed` | a later date agreed with the complainant is the limit |
| `clocks`: `tells_ombudsman` | an extension needs a word about the ombudsman (`ombudsman_told`) |
| `clocks`: `start_choice` | another event that a council may choose as the start |
| `clocks`: `title`, `rule`, `sentence` | the words of the figure of a clock before the response |
| `measures`, `measures_by_area` | what the extract `activity` may count |
| `denominator` | the people served, for the rate of complaints |
| `ombudsman` | its name and decisions, of which the first is `under investigation` |
| `ombudsman`: `upheld` | those of its decisions that upheld a complaint |
| `ombudsman`: `older_decisions` | those that can still be read, before a break in the series |
| `words` | `duty`, `accepted`, `upheld`, `public`, `next_stage`: words of the report |
| `contents` | what the report must contain, with the sections and figures that meet it |
"""


def procedures_page() -> str:
    """The page in Markdown."""
    parts = [INTRODUCTION]
    for name in packaged_names():
        parts.append("\n".join(_section(packaged_procedure(name))))
    return "\n".join([*parts, OWN])


def _section(procedure: Procedure) -> Iterator[str]:
    yield f"## {procedure.name}: {procedure.title}"
    yield ""
    yield f"{procedure.law}."
    yield ""
    yield from (f"- Source: {source}" for source in procedure.sources)
    yield from (f"- **Not verified:** {text}" for text in procedure.unverified)
    yield ""
    yield "| stage | clock | from | to | limit | extended | source | key in `time_limits` |"
    yield "| --- | --- | --- | --- | --- | --- | --- | --- |"
    for number, stage in procedure.numbered_stages:
        for clock in stage.clocks:
            yield _clock_row(number, stage, clock)
    yield ""
    requests = [
        f"stage {number} within {stage.request_within}"
        for number, stage in procedure.numbered_stages
        if stage.request_within
    ]
    if requests:
        yield f"A complainant may ask for {' and '.join(requests)}."
        yield ""
    yield f"Outcomes: {'; '.join(f'{code} ({meaning})' for code, meaning in procedure.outcomes)}."
    yield ""
    yield f"Ombudsman: {procedure.ombudsman.name}."
    yield ""
    yield "| required content | source | sections |"
    yield "| --- | --- | --- |"
    for requirement in procedure.contents:
        sections = ", ".join(requirement.sections)
        yield f"| {requirement.requirement} | {requirement.source or ''} | {sections} |"
    yield ""


def _clock_row(number: str, stage: Stage, clock: Clock) -> str:
    key = clock_key(number, stage, clock)
    extended = str(clock.extended or "")
    if clock.extension:
        extended = f"{clock.extension} more"
    if clock.until_agreed:
        extended = "a date agreed with the complainant"
    start = clock.start + (f" or {clock.start_choice}" if clock.start_choice else "")
    return (
        f"| {number} | {clock.name} | {start} | {clock.end} | {clock.limit} | {extended} | "
        f"{clock.source} | `{key}` |"
    )


if __name__ == "__main__":
    print(procedures_page(), end="")
