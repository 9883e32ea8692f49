"""What the columns and figures of a report mean: the same words wherever they are shown."""

from __future__ import annotations

OPTIONS_LEGEND = (
    "NPV: present value of all costs. USD a month: median, nominal. USD/M: USD per million tokens, for all"
    " capacity that is paid (reserved basis) and only for what is used of it (usage basis). load: share of paid"
    " capacity that is used. hours over: hours a month in which demand exceeds capacity. cheapest: probability of being"
    " the cheapest of the options that may be chosen."
)
RISK_LEGEND = (
    "VaR 95: loss that is passed in 5 % of the futures; CVaR 95: mean loss in these. regret: what the choice costs on"
    " average over the cheapest option of each future that may be chosen; the smallest is the best choice. paid back:"
    " share of the futures in which the option has cost less from that month on for good."
)
DRIVERS_LEGEND = (
    "An input's share of the variance is what falls away on average once that input alone is known; correlated inputs"
    " count together. The rest is inputs that matter less, what inputs do in company, and the luck of months and hours"
    " (tcosim drivers tells these apart)."
)
VALUE_LEGEND = (
    "Worth: how much lower the expected cost gets if this alone is known before choosing, so the most to pay for"
    " finding it out. What moves the cost is worth nothing to know where it would not change the choice. tcosim value"
    " has all inputs, groups of them, and what it is worth to measure the traffic first."
)
