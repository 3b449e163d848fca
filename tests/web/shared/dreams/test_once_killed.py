"""What a page sends again because its server was killed is dreamt exactly once, and nothing finished is lost."""

from pathlib import Path

import httpx
import pytest

from sdgui.web.doors.cookies import COOKIE
from tests.fake_engine import PATIENCE
from tests.web.conftest import BROWSER, open_site
from tests.web.dying_site import Moment, dying_site
from tests.web.shared.dreams.test_once import KEY, values


@pytest.mark.parametrize("moment", Moment)
def test_what_was_sent_to_a_server_that_was_killed_is_dreamt_once(
    tmp_path: Path, moment: Moment
) -> None:
    asked = {"values": values(count=2, lock=True), "key": KEY}
    with dying_site(tmp_path, moment) as (url, process):
        page = httpx.Client(base_url=url, headers=BROWSER, trust_env=False, timeout=PATIENCE)
        page.get("/status")
        assert any(name.startswith(COOKIE) for name in page.cookies)
        try:
            first = page.post("/dreams", json=asked).json()
        except httpx.TransportError:
            first = None
        process.join(PATIENCE)
        assert process.exitcode == -9
    before = {file: file.read_bytes() for file in tmp_path.glob("*/*.png")}
    with open_site(tmp_path) as site:
        site.engine.go.clear()
        again = site.client(headers=BROWSER, cookies=page.cookies)
        kept = [one["id"] for one in again.get("/dreams").json()["dreams"]]
        told = again.post("/dreams", json=asked).json()
        assert told == again.post("/dreams", json=asked).json()
        assert first in (None, told)
        assert kept == ([] if moment is Moment.BEFORE_THE_LIST else [told["job"]])
        record = site.store.job(told["job"], site.visitor_of(again))
        assert record is not None
        site.engine.go.set()
        site.wait(record)
        [dream] = again.get("/dreams").json()["dreams"]
        assert dream["id"] == told["job"] and dream["state"] == "finished"
        files = {file: file.read_bytes() for file in tmp_path.glob("*/*.png")}
        assert len(files) == len(record.tasks) == 2
        assert before.items() <= files.items()
        painted = sum(len(batch.tasks) for batch in site.engine.batches)
        assert painted == 2 - len(before)
        assert len(before) == (moment is Moment.BEFORE_THE_PICTURE)
