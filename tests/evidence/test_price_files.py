"""Files of dated prices: recognized, mapped, cleaned, refused."""

from __future__ import annotations

import numpy as np
import pytest

from tcosim.errors import InputError
from tcosim.evidence.prices.files import parse_map, read_prices

RENTAL = "provider,gpu_model,rental_type,month,usd_per_gpu_hr_median\n"


def write(tmp_path, text, name="prices.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_tiers_are_recognized_and_stand_until_the_next_price(tmp_path):
    path = write(
        tmp_path,
        "vendor,tier,date,blend\na,big,2025-01-10,8\na,big,2025-04-20,4\nb,big,2025-02-01,3\nb,big,2025-06-02,3\n",
    )
    history = read_prices(path)
    assert (history.family, history.kind, history.rows) == ("api", "tier", 4)
    first, second = history.series
    assert (first.name, first.group) == ("a big", "a")
    np.testing.assert_allclose(np.exp(first.log_prices), [8, 8, 8, 4, 4, 4])  # to the last date of the file
    assert len(second.months) == 5


def test_rental_keeps_on_demand_only_and_purchase_is_recognized(tmp_path):
    text = RENTAL + "p,h100,on_demand,2026-01,2\np,h100,spot,2026-01,1\np,h100,on_demand,2026-03,3\n"
    (only,) = read_prices(write(tmp_path, text)).series
    np.testing.assert_allclose(only.moves, np.log(1.5))
    np.testing.assert_allclose(only.steps, 2 / 12)
    bought = read_prices(write(tmp_path, "gpu,month,usd\nx,2024-01,10\nx,2024-02,9\n", "b.csv"))
    assert (bought.family, bought.kind) == ("purchase", "walk")


def test_a_map_names_columns_blends_and_filters(tmp_path):
    text = "when,who,what,in,out,type\n2024-01-05,a,m,1,5,x\n2024-01-05,a,m,9,9,y\n2024-07-05,a,m,2,2,x\n"
    columns = parse_map("date=when,input=in,output=out,series=who+what,where=type:x")
    history = read_prices(write(tmp_path, text), columns, "api")
    (only,) = history.series
    np.testing.assert_allclose(np.exp(only.log_prices[[0, -1]]), [2.0, 2.0])
    assert history.kind == "tier"


def test_bad_data_are_set_aside_and_counted(tmp_path):
    stale = (
        "".join(f"p,old,on_demand,2024-{month:02},2\n" for month in range(1, 13))
        + "p,old,on_demand,2025-01,2\n"
    )
    jump = "p,j,on_demand,2024-01,1\np,j,on_demand,2024-02,1.1\np,j,on_demand,2024-03,8\np,j,on_demand,2024-04,8.1\n"
    history = read_prices(write(tmp_path, RENTAL + stale + jump + "p,one,on_demand,2024-01,5\n"))
    assert [one.name for one in history.series] == ["p j", "p j (2)"]
    told = " ".join(one.what for one in history.findings)
    assert "1 series read in one month only" in told
    assert "1 series with a move by more than a factor of 6" in told
    assert "1 series unchanged for 12 months" in told
    assert max(abs(one.moves).max() for one in history.series) < np.log(6)


def test_what_was_known_then_is_all_that_is_used(tmp_path):
    text = RENTAL + "".join(f"p,{gpu},on_demand,2024-{m:02},{m + 1}\n" for gpu in "ab" for m in range(1, 9))
    history = read_prices(write(tmp_path, text))
    known = history.until(int(history.series[0].months[2]))
    assert [len(one.months) for one in known.series] == [3, 3]
    assert not history.until(int(history.series[0].months[0])).series


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("gpu,month,usd\n", "has no rows"),
        ("", "it is empty"),
        ("gpu,month,usd\nx,2024-01,3\n", "two dates or more"),
        ("gpu,month,usd\nx,2024-13,3\nx,2024-02,3\n", "must be a month or a day"),
        ("gpu,month,usd\nx,soon,3\nx,2024-02,3\n", "must be a month or a day"),
        ("gpu,month,usd\nx,2024-01,-3\nx,2024-02,3\n", "must be a price above 0"),
        ("gpu,month,usd\nx,2024-01,0\nx,2024-02,3\n", "must be a price above 0"),
        ("gpu,month,usd\nx,2024-01,nan\nx,2024-02,3\n", "must be a price above 0"),
        ("gpu,month,usd\nx,2024-01\nx,2024-02,3\n", "must be a price above 0"),
        (
            "gpu,month,usd\nx,2024-01,3\nx,2024-01,4\nx,2024-02,4\n",
            "must be there once for each series, got 3 and 4",
        ),
        ("gpu,month,usd\nx,2024-01,3\ny,2024-02,3\n", "has no series that can be used"),
        ("model,when,cost\nx,2024-01,3\n", "it has model, when, cost"),
        (b"gpu,month\0,usd\n", "binary file"),
        (b"gpu,month,usd\n\xff\xfe,2024-01,1\n", "UTF-8"),
    ],
)
def test_bad_files_are_refused_with_the_way_out(tmp_path, text, said):
    with pytest.raises(InputError) as refused:
        read_prices(write(tmp_path, text))
    assert said in str(refused.value)
    assert all(one.way_out for one in refused.value.problems)


def test_folders_absent_files_and_absent_columns(tmp_path):
    with pytest.raises(InputError, match="this is a folder"):
        read_prices(tmp_path)
    with pytest.raises(InputError, match="can be read"):
        read_prices(tmp_path / "none.csv")
    with pytest.raises(InputError, match=r"it has gpu, month, usd, got cost; correct it, like: --map"):
        read_prices(write(tmp_path, "gpu,month,usd\nx,2024-01,3\n"), parse_map("date=month,price=cost"))


@pytest.mark.parametrize(
    "text", ["date=a", "price=b", "date=a,price=b,input=c", "date=a,cost=b", "date", "date=a,price=b,where=x"]
)
def test_bad_maps_are_refused(text):
    with pytest.raises(InputError, match="--map"):
        parse_map(text)


def test_many_problems_are_told_with_an_end(tmp_path):
    rows = "".join(f"x,2024-01-{day:02},0\n" for day in range(1, 29))
    with pytest.raises(InputError) as refused:
        read_prices(write(tmp_path, "gpu,month,usd\n" + rows))
    assert "8 more such problems" in str(refused.value)


def test_a_date_and_a_price_need_no_map(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "date,provider,price\n2026-01-01,a,2\n2026-02-01,a,2.1\n2026-01-01,b,3\n2026-02-01,b,3.1\n"
    )
    found = read_prices(path, family="rental")
    assert [one.name for one in found.series] == ["a", "b"]
    with pytest.raises(InputError, match="--family"):
        read_prices(path)
