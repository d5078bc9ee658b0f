"""From raw extracts to the statutory annual report on children's social care complaints."""

import os
import sys
from pathlib import Path
from typing import Any

from pipeline.system.file_states import module_states

# A patch of jsonschema (written for 4.26), which nbformat and Great Expectations import. It would
# compile a grammar of internationalised addresses while it is imported, over a second in every
# process and 5 s of processor time in a run, for a check that nothing here makes. It goes without
# if the package is not there.
_modules: dict[str, Any] = sys.modules
_modules.setdefault("rfc3987_syntax", None)

# pydantic would look for plug-ins among all packages that are installed, in every process.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

# numpy would start a thread for each core, which waits for work without sleeping: a twelfth of the
# processor time of `check`. No matrix here is large enough to be shared.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# Of the modules before any other is imported: a run whose code was changed meanwhile is stopped.
MODULES_AT_START = module_states(Path(__file__).parent)
