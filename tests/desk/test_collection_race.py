"""Several collectors at the same instant before one queue: no case is given to two, and nobody gets two."""

import threading

import pytest
from collecting import work_desk
from deciding import person
from django.db import connections

from postloan.desk.collection.models import CollectionCase, Seat
from postloan.desk.collection.queue.actions import case_next

pytestmark = pytest.mark.django_db(transaction=True)


def test_no_case_is_given_to_two_collectors() -> None:
    people = [person(name) for name in ("collector", "collector2", "collector3")]
    Seat.objects.update(team="early")
    CollectionCase.objects.filter(state="open").update(team="early", officer=None)
    gate, lock = threading.Barrier(2 * len(people)), threading.Lock()
    given: dict[int, list[int]] = {each.pk: [] for each in people}

    def ask(username: str) -> None:
        desk = work_desk(username)
        try:
            for _time in range(4):
                gate.wait(timeout=60)
                found = case_next(desk)
                with lock:
                    given[desk.officer.pk].append(found or 0)
                gate.wait(timeout=60)
                # Worked: it goes to the end of the day, and the next one is asked for.
                CollectionCase.objects.filter(pk=found).update(held_by=None, held_until=None, state="closed")
        finally:
            connections.close_all()

    # Each collector clicks twice at once.
    threads = [threading.Thread(target=ask, args=(each.username,)) for each in people * 2]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    for rounds in given.values():
        assert len(rounds) == 8
        assert all(len(set(rounds[at : at + 2])) == 1 for at in range(0, 8, 2)), rounds
    whole = [key for rounds in given.values() for key in rounds[::2]]
    assert 0 not in whole
    assert len(set(whole)) == len(whole) == 12
