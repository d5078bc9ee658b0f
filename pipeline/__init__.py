"""From raw extracts to the statutory annual report on children's social care complaints."""

import sys

# jsonschema, which nbformat and Great Expectations reach, would compile a grammar of internationalised addresses while it is
# imported: over a second in every process, for a check that nothing here makes. It does without, as where it is not installed.
sys.modules.setdefault("rfc3987_syntax", None)
