"""Finding whose a token is."""

from postloan.desk.core.authority import today
from postloan.desk.core.models import ApiToken
from postloan.desk.core.tokens.actions import hash_of_secret


def token_of(secret: str) -> ApiToken | None:
    """The token of a secret, with its officer; None where it is unknown, ended, run out, or its officer has left."""
    return (
        ApiToken.objects.select_related("officer")
        .filter(hash=hash_of_secret(secret), ended_at=None, expires_on__gte=today(), officer__is_active=True)
        .first()
    )
