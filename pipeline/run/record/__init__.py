"""The run record, `run.json`: what ran, on what, and what came out."""

from pipeline.artifacts import CRATE_PATH, LOCK_FILE, RECORD_PATH
from pipeline.run.record.build import (
    ExecutedStep,
    FinishedSteps,
    build_record,
    step_record,
)
from pipeline.run.record.checks import (
    UNPROVED,
    accepted_digests,
    changed_fields,
    check_complete,
    is_manifest,
    manifest_digest,
    manifest_text,
    published_digest,
    record_faults,
)
from pipeline.run.record.models import (
    RECORD_VERSION,
    FileRecord,
    ReconciliationRow,
    RunOptions,
    RunRecord,
    StepRecord,
)
from pipeline.run.record.reading import (
    last_run_options,
    load_record,
    read_finished,
    read_replaced_digest,
)
from pipeline.run.record.software import (
    current_software,
    file_digest,
    file_record,
    installed_distributions,
    lock_digest,
    output_files,
    package_digest,
    table_files,
    table_in_workspace,
)

__all__ = [
    "CRATE_PATH",
    "LOCK_FILE",
    "RECORD_PATH",
    "RECORD_VERSION",
    "UNPROVED",
    "ExecutedStep",
    "FileRecord",
    "FinishedSteps",
    "ReconciliationRow",
    "RunOptions",
    "RunRecord",
    "StepRecord",
    "accepted_digests",
    "build_record",
    "changed_fields",
    "check_complete",
    "current_software",
    "file_digest",
    "file_record",
    "installed_distributions",
    "is_manifest",
    "last_run_options",
    "load_record",
    "lock_digest",
    "manifest_digest",
    "manifest_text",
    "output_files",
    "package_digest",
    "published_digest",
    "read_finished",
    "read_replaced_digest",
    "record_faults",
    "step_record",
    "table_files",
    "table_in_workspace",
]
