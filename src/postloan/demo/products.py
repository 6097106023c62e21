"""What the demo bank sells, and in which terms: the shares, amounts, lives and risks of each product."""

from dataclasses import dataclass

HOME, CONSUMER, BUSINESS, MICRO, WORKING, FIXED = range(6)
"""Products by number."""

QUARTER, YEAR = 3, 12
"""In months."""

LEVEL, EQUAL, INTEREST, BULLET, SCHEDULED = range(5)
METHOD_NAMES = ("level_instalment", "equal_principal", "interest_only", "bullet", "scheduled")

CREDIT, GUARANTEE, MORTGAGE, PLEDGE = range(4)


@dataclass(frozen=True)
class Product:
    """One product.

    share            of all loans, by number.
    median_yuan      the middle principal; log-normal with `spread` around it, at most `most_yuan`, in `step_yuan`.
    terms_months     the lives it is sold in.
    methods          shares of LEVEL, EQUAL, INTEREST, BULLET, SCHEDULED.
    securities       shares of CREDIT, GUARANTEE, MORTGAGE, PLEDGE.
    spread_bp        least and most over the loan prime rate, in basis points.
    old_months       how long ago, at most, a loan in the first month-end's book was paid out.
    new_a_month      new business a month, as a share of the product's loans.
    stops_a_month    chance a month that the debtor stops paying, before all that is known about the debtor.
    lapses           chance that an instalment is paid one to three months late.
    feeds_schedule   share whose instalments the core system delivers; the rest has terms only.
    """

    name: str
    share: float
    median_yuan: int
    spread: float
    most_yuan: int
    step_yuan: int
    terms_months: tuple[int, ...]
    methods: tuple[float, ...]
    securities: tuple[float, ...]
    spread_bp: tuple[int, int]
    old_months: int
    new_a_month: float
    stops_a_month: float
    lapses: float
    feeds_schedule: float


PRODUCTS = (
    Product(
        "个人住房贷款", 0.36, 620_000, 0.55, 5_000_000, 1_000, (120, 180, 240, 300, 360), (0.88, 0.12, 0, 0, 0),
        (0, 0, 1, 0), (-30, 45), 80, 0.009, 0.00045, 0.0022, 0.3,
    ),
    Product(
        "个人消费贷款", 0.24, 75_000, 0.75, 300_000, 1_000, (12, 24, 36, 48, 60), (0.68, 0.27, 0, 0.05, 0),
        (0.85, 0.1, 0.05, 0), (50, 260), 58, 0.025, 0.0016, 0.007, 0.2,
    ),
    Product(
        "个人经营贷款", 0.14, 420_000, 0.7, 5_000_000, 10_000, (12, 24, 36, 60, 84, 120), (0.4, 0.1, 0.5, 0, 0),
        (0.1, 0.15, 0.75, 0), (20, 160), 80, 0.02, 0.0016, 0.008, 0.6,
    ),
    Product(
        "普惠小微贷款", 0.14, 1_500_000, 0.75, 10_000_000, 10_000, (12,), (0, 0, 0.9, 0.1, 0),
        (0.2, 0.4, 0.35, 0.05), (20, 130), 12, 0.01, 0.0018, 0.009, 1.0,
    ),
    Product(
        "流动资金贷款", 0.09, 6_000_000, 0.8, 80_000_000, 100_000, (12,), (0, 0, 1, 0, 0),
        (0.15, 0.4, 0.35, 0.1), (-30, 110), 12, 0.01, 0.0013, 0.009, 1.0,
    ),
    Product(
        "固定资产贷款", 0.03, 13_000_000, 0.7, 120_000_000, 100_000, (36, 48, 60, 84, 96, 120), (0, 0.6, 0, 0, 0.4),
        (0.05, 0.25, 0.6, 0.1), (-10, 90), 80, 0.015, 0.001, 0.009, 1.0,
    ),
)  # fmt: skip

RENEWING = (MICRO, WORKING)
"""Products whose line is lent again each year."""

RETAIL = (HOME, CONSUMER)
