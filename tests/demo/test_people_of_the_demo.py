"""Who the demo bank's customers are: numbers that check, and nobody real."""

import polars as pl


def resident_check(number: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(number, weights, strict=False)) % 11]


def credit_check(code: str) -> str:
    letters = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    weights = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    total = sum(letters.index(letter) * weight for letter, weight in zip(code, weights, strict=False))
    return letters[(31 - total % 31) % 31]


def organisation_check(body: str) -> str:
    total = sum(int(letter, 36) * weight for letter, weight in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))
    return {10: "X", 11: "0"}.get(11 - total % 11, str(11 - total % 11))


def test_the_checks_of_this_test_know_published_examples():
    assert resident_check("11010519491231002") == "X"
    assert credit_check("91350100M000100Y4") == "3"
    assert organisation_check("D2143569") == "X"


def test_resident_numbers_check_and_belong_to_nobody(bank):
    people = bank.table("debtor").filter(pl.col("legal_form") == "person")
    numbers = people["id_number"].to_list()
    assert len(numbers) > 500
    assert all(len(number) == 18 and resident_check(number) == number[17] for number in numbers)
    assert {number[4:6] for number in numbers} == {"97"}
    born = people["id_number"].str.slice(6, 8).str.to_date("%Y%m%d", strict=True)
    ages = (pl.Series(people["feed_day"]) - born).dt.total_days() / 365.25
    assert ages.min() > 23
    assert ages.max() < 70


def test_credit_codes_check(bank):
    firms = bank.table("debtor").filter(pl.col("legal_form") != "person")
    for code, form in firms.select("id_number", "legal_form").iter_rows():
        assert len(code) == 18
        assert credit_check(code) == code[17]
        assert organisation_check(code[8:16]) == code[16]
        assert code[:2] == {"sole_trader": "92", "government": "11"}.get(form, "91")


def test_debtors_of_every_form_with_surnames_as_in_life(bank):
    debtors = bank.table("debtor")
    assert set(debtors["legal_form"]) == {"person", "sole_trader", "company", "financial", "government"}
    people = debtors.filter(pl.col("legal_form") == "person")
    commonest = people["name"].str.slice(0, 1).value_counts(sort=True)[:5]
    assert set(commonest.to_series(0)) & {"王", "李", "张", "刘", "陈"} >= {"王", "李", "张"}
    firms = debtors.filter(pl.col("legal_form") == "company")
    assert firms["name"].str.ends_with("公司").all()
    assert firms["name"].n_unique() > 0.99 * len(firms)


def test_offices_are_a_tree_of_eight_branches(bank):
    org = bank.table("org")
    assert dict(org.group_by("level").len().iter_rows()) == {"head": 1, "branch": 8, "sub_branch": 40}
    parents = dict(org.select("org_id", "parent_id").iter_rows())
    head = org.filter(pl.col("level") == "head")["org_id"][0]
    assert all(parents[parent] == head for parent in org.filter(pl.col("level") == "sub_branch")["parent_id"])
    assert org["region_code"].str.contains(r"^\d{6}$").all()
