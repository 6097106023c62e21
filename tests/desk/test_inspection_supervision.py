"""Head office inspects the inspections: a repeatable sample, marks, issue, correction, re-check."""

import pytest

from inspection_walk import accepted, small_one, submitted
from postloan.desk.core.models import Officer, WorkItem
from postloan.desk.inspection.models import Supervision, WorkingPaper
from postloan.desk.inspection.queries import rules_on
from postloan.desk.inspection.supervision.queries import drawn, scores

pytestmark = pytest.mark.django_db


def test_a_seed_draws_the_same_sample_from_the_same_inspections() -> None:
    keys = range(1, 400)
    assert drawn("2024-上半年", keys, 20) == drawn("2024-上半年", reversed(keys), 20)
    assert drawn("2024-上半年", keys, 20) != drawn("另一个", keys, 20)
    assert drawn("2024-上半年", keys, 20)[:5] == drawn("2024-上半年", keys, 5)
    assert len(drawn("x", keys, 1000)) == 399


def _project(logged_in, **changed: str) -> Supervision:
    inspection = accepted(logged_in, submitted(logged_in, small_one()))
    sent = {
        "title": "上半年督导", "org": "330000", "kind": "special", "begins_on": "2020-01-01",
        "ends_on": str(inspection.opened_on), "wanted": "10", "seed": "2024H1",
    } | changed  # fmt: skip
    org = inspection.org.path.strip("/").split("/")[0]
    answer = logged_in("supervisor").post("/supervision/new", sent | {"org": changed.get("org", org)})
    assert answer.status_code == 302, answer.content.decode()[:1500]
    return Supervision.objects.latest("pk")


def _marked(held: WorkingPaper, short_of: str = "", found: str = "") -> dict[str, str]:
    rules = rules_on(held.supervision.opened_on).supervision
    marks = {f"m-{each.question}": str(each.points) for each in rules.questions}
    return marks | ({f"m-{short_of}": "0"} if short_of else {}) | {"found": found, "version": str(held.version)}


def test_a_project_runs_from_its_sample_to_its_close(logged_in) -> None:
    project, client = _project(logged_in), logged_in("supervisor")
    papers = list(project.papers.all())
    assert len(papers) == min(10, project.population)
    assert client.get(f"/supervision/{project.pk}/").status_code == 200
    early = client.post(f"/supervision/{project.pk}/issue", {"version": "1"})
    assert early.status_code == 400
    for place, paper in enumerate(papers):
        address = f"/supervision/papers/{paper.pk}/"
        assert client.get(address).status_code == 200
        told = _marked(paper, "on_site", "照片没有拍摄地点") if place == 0 else _marked(paper)
        if place == 0:
            assert client.post(address + "check", told | {"found": ""}).status_code == 400
            assert client.post(address + "check", told | {"m-on_site": "99"}).status_code == 400
        assert client.post(address + "check", told).status_code == 302
    [office] = scores(list(project.papers.select_related("org")))
    assert office.score == round((80 + 100 * (len(papers) - 1)) / len(papers), 1)
    assert client.post(f"/supervision/{project.pk}/issue", {"version": "1"}).status_code == 302

    wrong, officer = papers[0], logged_in("officer")
    wrong.refresh_from_db()
    assert wrong.state == "rectifying"
    assert WorkItem.objects.filter(subject=wrong.subject, kind="supervision_rectify", state="open").exists()
    address = f"/supervision/papers/{wrong.pk}/"
    assert officer.get(address).status_code == 200
    assert officer.get("/supervision/").status_code == 403
    told = {"version": str(wrong.version), "correction": "已补拍并上传"}
    assert officer.post(address + "rectify", told).status_code == 302
    assert client.post(f"/supervision/{project.pk}/close", {"version": "2"}).status_code == 400
    wrong.refresh_from_db()
    told = {"version": str(wrong.version), "reason": "属实", "answer": "close"}
    assert client.post(address + "recheck", told).status_code == 302
    assert client.post(f"/supervision/{project.pk}/close", {"version": "2"}).status_code == 302
    project.refresh_from_db()
    assert project.state == "closed"
    assert logged_in("auditor").get("/supervision/?tab=all").status_code == 200


def test_a_paper_is_not_marked_by_whoever_had_a_hand_in_the_inspection(logged_in) -> None:
    project = _project(logged_in)
    paper = project.papers.select_related("inspection").first()
    paper.inspection.reviewer = Officer.objects.get(username="supervisor")
    paper.inspection.save(update_fields=["reviewer"])
    answer = logged_in("supervisor").post(f"/supervision/papers/{paper.pk}/check", _marked(paper))
    assert (answer.status_code, "PL-D02" in answer.content.decode()) == (403, True)


def test_a_branch_does_not_see_a_paper_before_it_is_issued(logged_in) -> None:
    paper = _project(logged_in).papers.first()
    assert logged_in("officer").get(f"/supervision/papers/{paper.pk}/").status_code == 404


def test_there_is_nothing_to_draw_from_where_nothing_was_accepted(logged_in) -> None:
    told = {"title": "空", "org": Officer.objects.get(username="supervisor").org_id, "kind": "first",
            "begins_on": "2001-01-01", "ends_on": "2001-12-31", "wanted": "5", "seed": "x"}  # fmt: skip
    assert logged_in("supervisor").post("/supervision/new", told).status_code == 400
    assert logged_in("manager").post("/supervision/new", told).status_code == 403
