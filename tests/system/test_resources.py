"""Before a run, what the machine clearly lacks is named with what there is and what is needed."""

from __future__ import annotations

import shutil

import psutil

from pipeline.run.snapshot import expected_needs, expected_shortages
from pipeline.settings import load_settings
from pipeline.system.resources import shortage_warnings


def test_machine_with_enough_of_everything_gets_no_warning(workspace):
    assert expected_shortages(load_settings(workspace, "2021-22")) == []


def test_folders_on_one_disk_need_their_space_together(tmp_path):
    free = shutil.disk_usage(tmp_path).free
    half = free * 2 // 3
    assert list(shortage_warnings({tmp_path / "a": half}, 0)) == []
    [warning] = shortage_warnings({tmp_path / "a": half, tmp_path / "b" / "c": half}, 0)
    assert warning.startswith(f"The disk of {tmp_path} has ")
    assert f"will need about {2 * half // 1_000_000:,} MB" in warning


def test_memory_that_is_missing_is_named_with_both_sizes(tmp_path):
    needed = 10 * psutil.virtual_memory().total
    [warning] = shortage_warnings({tmp_path: 0}, needed)
    assert "of memory available" in warning
    assert f"about {needed // 1_000_000:,} MB" in warning


def test_larger_inputs_need_more_disk_and_more_memory(workspace):
    settings = load_settings(workspace, "2021-22")
    disks, memory = expected_needs(settings)
    (workspace / "data" / "raw" / "2021-22" / "activity.csv").write_bytes(bytes(30_000_000))
    larger_disks, larger_memory = expected_needs(settings)
    assert sum(larger_disks.values()) > sum(disks.values())
    assert larger_memory > memory
