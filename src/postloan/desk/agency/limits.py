"""The account of an agency asks about the debtors that are placed with it, and about nobody else."""

from postloan.desk.agency.models import Agency, Placement
from postloan.desk.contact.limits import register_limit
from postloan.desk.core.authority import actions_of, today
from postloan.desk.core.models import Officer

REPORT = "agency.report"


def may_ask(officer: Officer, debtor_id: str) -> bool:
    """Whether an account may ask about a debtor: anybody's may but an agency's, where the case is not with it now.

    An agency whose contract is over asks no more; what came of its contacts it may still say.
    Who may report for agencies and is registered as the account of none has no case at all.
    """
    agency = Agency.objects.filter(account=officer).first()
    if agency is None:
        return REPORT not in actions_of(officer)
    return (
        agency.may_work(today())
        and Placement.objects.filter(agency=agency, debtor_id=debtor_id, state=Placement.State.RUNNING).exists()
    )


register_limit(may_ask)
