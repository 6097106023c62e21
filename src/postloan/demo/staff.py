"""The demo bank's staff: an account officer for each number in its loans, and somebody in each other role."""

from dataclasses import dataclass

from postloan.demo.loan_rows import OFFICERS_EACH
from postloan.demo.offices import HEAD, branch_id, sub_branch_ids

PASSWORD = "postloan-demo"  # noqa: S105 - printed for everybody who tries the demo
_SURNAMES = "陈林黄张李王吴刘蔡杨许郑谢郭洪曾邱廖赖周徐苏叶庄吕江何萧罗高潘简朱钟游詹胡施沈余卢梁赵颜柯翁魏孙戴"
_GIVEN = (
    "志华",
    "建国",
    "晓明",
    "丽娟",
    "文博",
    "雅琴",
    "俊杰",
    "海燕",
    "国强",
    "思远",
    "美玲",
    "振宇",
    "慧敏",
    "立新",
    "雪梅",
)


@dataclass(frozen=True)
class StaffMember:
    """One person: the name to log in with, name, office, number in the feeds, and the role held there."""

    username: str
    name: str
    org_id: str
    staff_no: str | None
    role: str
    logs_in: bool


def staff() -> list[StaffMember]:
    """Everybody, those who log in first."""
    first = sub_branch_ids()[0]
    branch = branch_id(0)
    leading = [
        StaffMember("officer", "陈志华", first, f"KJ{first}01", "account_officer", logs_in=True),
        StaffMember("inspector", "林雅琴", branch, None, "inspector", logs_in=True),
        StaffMember("risk", "黄国强", branch, None, "risk_manager", logs_in=True),
        StaffMember("approver", "张慧敏", HEAD[0], None, "classification_approver", logs_in=True),
        StaffMember("manager", "李振宇", HEAD[0], None, "manager", logs_in=True),
        StaffMember("supervisor", "王立新", HEAD[0], None, "supervisor", logs_in=True),
        StaffMember("auditor", "吴思远", HEAD[0], None, "auditor", logs_in=True),
        StaffMember("modeller", "何雪梅", HEAD[0], None, "model_manager", logs_in=True),
        StaffMember("preserver", "周海燕", HEAD[0], None, "preservation_officer", logs_in=True),
        StaffMember("collateral", "蔡美玲", HEAD[0], None, "collateral_manager", logs_in=True),
        StaffMember("collector", "钟海燕", HEAD[0], None, "collector", logs_in=True),
        StaffMember("collection", "余建国", HEAD[0], None, "collection_manager", logs_in=True),
        StaffMember("admin", "刘文博", HEAD[0], None, "administrator", logs_in=True),
    ]
    held = {member.staff_no for member in leading}
    numbers = [(org, f"KJ{org}{place:02d}") for org in sub_branch_ids() for place in range(1, OFFICERS_EACH + 1)]
    others = [
        StaffMember(number.lower(), _name(at), org, number, "account_officer", logs_in=False)
        for at, (org, number) in enumerate(numbers)
        if number not in held
    ]
    collectors = [
        StaffMember("collector2", "沈晓明", HEAD[0], None, "collector", logs_in=False),
        StaffMember("collector3", "卢丽娟", HEAD[0], None, "collector", logs_in=False),
    ]
    return [*leading, *others, *collectors]


@dataclass(frozen=True)
class LentRole:
    """A role that somebody holds beside his own for some days more."""

    username: str
    role: str
    days_left: int


def lent_roles() -> list[LentRole]:
    """Two account officers who help out as inspectors in their offices."""
    first, second = sub_branch_ids()[1:3]
    return [LentRole(f"kj{first}01", "inspector", 12), LentRole(f"kj{second}02", "inspector", 26)]


def _name(at: int) -> str:
    return _SURNAMES[at % len(_SURNAMES)] + _GIVEN[at * 7 % len(_GIVEN)]
