"""A ZIP that is sent while it is made."""

import io
import zipfile
from pathlib import Path

from sdgui.comparing.picture_zip import stream_zip


def test_every_file_is_in_it_as_it_is_and_one_at_a_time(tmp_path: Path) -> None:
    files = []
    for i in range(3):
        (tmp_path / f"{i}").write_bytes(bytes([i]) * 5000)
        files.append(("a.png" if i < 2 else "b.png", tmp_path / f"{i}"))
    chunks = list(stream_zip([*files, ("gone.png", tmp_path / "gone")]))
    assert max(map(len, chunks)) < 6000
    with zipfile.ZipFile(io.BytesIO(b"".join(chunks))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["a.png", "a-2.png", "b.png"]
        for name, (_, file) in zip(archive.namelist(), files, strict=True):
            assert archive.read(name) == file.read_bytes()
