"""Packages on their way, as other desks ask before they let a loan go."""

from collections.abc import Collection

from postloan.desk.book.ways_out import Found, WayOut, register_way
from postloan.desk.preservation.models import Package, PackageLoan

_ON_ITS_WAY = (Package.State.PRICED, Package.State.BIDDING, Package.State.PROPOSED)
"""From its price on a package is promised to bidders; what is being filled is no more than a draft."""


def packages_under_way(loan_ids: Collection[str]) -> Found:
    """The packages on their way that some loans are in."""
    held = PackageLoan.objects.filter(loan_id__in=loan_ids, package__state__in=_ON_ITS_WAY).select_related("package")
    return [(each.loan_id, each.package.subject, "package") for each in held]


register_way(WayOut("package", packages_under_way))
