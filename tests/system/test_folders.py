from __future__ import annotations

import pytest

from pipeline.system import folders as folder


def whole(path):
    return {file.name: file.read_text() for file in sorted(path.iterdir())}


@pytest.fixture
def old(tmp_path):
    path = tmp_path / "reports" / "2021-22"
    path.mkdir(parents=True)
    (path / "report.html").write_text("old")
    (path / "gone.html").write_text("old")
    return path


def alone(path):
    return [other.name for other in path.parent.iterdir()] == [path.name]


def test_a_new_folder_takes_the_place_of_the_old_one_whole(old):
    with folder.replace_atomically(old) as aside:
        (aside / "report.html").write_text("new")
        assert whole(old) == {"gone.html": "old", "report.html": "old"}, (
            "nothing is touched before the end"
        )
    assert whole(old) == {"report.html": "new"}
    assert alone(old)


def test_a_folder_is_made_where_there_was_none(tmp_path):
    with folder.replace_atomically(tmp_path / "a" / "b") as aside:
        (aside / "x").write_text("new")
    assert whole(tmp_path / "a" / "b") == {"x": "new"}


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_a_failure_leaves_the_old_folder_whole_and_nothing_beside_it(old, error):
    def half():
        with folder.replace_atomically(old) as aside:
            (aside / "report.html").write_text("half")
            raise error

    with pytest.raises(error):
        half()
    assert whole(old) == {"gone.html": "old", "report.html": "old"}
    assert alone(old)


def test_what_a_killed_run_left_aside_does_not_get_into_the_next(old):
    left = old.with_name(f".{old.name}.new")
    left.mkdir()
    (left / "stale.html").write_text("stale")
    with folder.replace_atomically(old) as aside:
        (aside / "report.html").write_text("new")
    assert whole(old) == {"report.html": "new"}


def test_a_run_killed_between_the_two_renames_is_mended_with_the_old_folder(old):
    old.rename(
        old.with_name(f".{old.name}.old")
    )  # what swap_in has done when it is killed before its second rename
    folder.restore_backup(old)
    assert whole(old) == {"gone.html": "old", "report.html": "old"}
    assert alone(old)


def test_a_run_killed_after_the_second_rename_keeps_the_new_folder(old):
    left = old.with_name(f".{old.name}.old")
    left.mkdir()
    (left / "report.html").write_text("older")
    folder.restore_backup(old)
    assert whole(old)["report.html"] == "old"


def test_the_old_folder_is_put_back_where_the_new_one_cannot_be_put_in_its_place(old, tmp_path):
    with pytest.raises(FileNotFoundError):
        folder.swap_in(tmp_path / "never", old)
    assert whole(old) == {"gone.html": "old", "report.html": "old"}
    assert alone(old)


def test_there_is_nothing_to_mend_where_nothing_was_left(old, tmp_path):
    folder.restore_backup(old)
    folder.restore_backup(tmp_path / "never")
    assert whole(old) == {"gone.html": "old", "report.html": "old"}
    assert not (tmp_path / "never").exists()
