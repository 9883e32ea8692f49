"""Where the public prices lie that some tests read."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).parents[2].parent / "shared" / "data"
TIERS, RENTAL, PURCHASE = (
    DATA / name
    for name in ("api_tier_prices.csv", "gpu_rental_2026_monthly.csv", "gpu_purchase_price_monthly.csv")
)
# The data lie beside the checkout of those who calibrate the library; nobody else has them.
needs_data = pytest.mark.skipif(not DATA.exists(), reason="the public prices are not part of the project")
