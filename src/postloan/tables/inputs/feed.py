"""What every feed table shares: who its rows belong to, and when the bank knew them."""

from typing import ClassVar, Literal

import dataframely as dy

from postloan.tables.units import day

Owner = Literal["bank", "debtor", "facility", "contract", "loan", "secured", "loan_or_facility", "loan_or_contract"]


class FeedTable(dy.Schema):
    """A table of the bank's feed. Its key is its primary key; a correction repeats the key with a later `known_on`.

    table   the file's name without its ending.
    owner   whose shard the rows live in: found through the identifier columns of that name; "bank" is not sharded.
    """

    table: ClassVar[str]
    zh: ClassVar[str]
    owner: ClassVar[Owner]

    known_on = day("when the bank knew this row; empty is the feed's day", "获知日", optional=True)
