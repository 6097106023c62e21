"""Reading a card that somebody sends, or that the register holds: whole, unchanged, small enough, not yet approved."""

from django.utils.translation import gettext as _

from postloan.desk.modelling.models import ModelCard
from postloan.errors import CardChanged, CardWrong, FileRefused, FormWrong
from postloan.models.card import Card, card_file, card_of
from postloan.rules.figures import ONE_E8

_MODEL_ID_MOST, _EDITION_MOST = 80, 2**31 - 1


def card_sent(name: str, content: bytes, bytes_most: int) -> Card:
    """The card that a file holds.

    Raises FileRefused where it is empty or too large, CardWrong with the place where it is no card, CardChanged where
    it is not what its hash says, FormWrong where it brings an approval along or its name is too long.
    """
    if not content or len(content) > bytes_most:
        raise FileRefused(
            message=_("文件为空，或超过 %s 字节。") % f"{bytes_most:,}", hint=_("请选择模型卡文件（JSON）。"),
            where={"file": name[:100], "bytes": len(content)},
        )  # fmt: skip
    try:
        card = card_of(content, name[:100])
    except CardWrong as fault:
        raise CardWrong(
            message=_("文件不是完整的模型卡，%(at)s 处有误。") % {"at": fault.where["at"]},
            hint=_("请上传 postloan model fit 写出的文件，不要手工修改。"), where=fault.where,
        ) from fault  # fmt: skip
    except CardChanged as fault:
        raise CardChanged(
            message=_("模型卡的内容与其校验码不符：写出之后被改动过。"),
            hint=_("请重新拟合，或取回原文件后上传。"), where=fault.where,
        ) from fault  # fmt: skip
    if card.approval is not None:
        raise FormWrong(
            message=_("文件已带有批准信息；批准只能在本系统办理。"), hint=_("请上传拟合时写出的原文件。"),
            where={"at": "card.approval"},
        )  # fmt: skip
    if len(card.model_id) > _MODEL_ID_MOST or not card.model_id.isprintable() or card.version > _EDITION_MOST:
        raise FormWrong(
            message=_("模型编号不能超过 %s 个字或含不可见字符，版本号也不能过大。") % _MODEL_ID_MOST,
            hint=_("请用 --name 和 --version 重新拟合。"), where={"at": "card.model_id, card.version"},
        )  # fmt: skip
    return card


def card_held(held: ModelCard) -> Card:
    """The card of the register, with its approval where it has one. Raises CardChanged where the row was tampered with.

    Its hash is held in the file and beside it, and every step that people took is audited under it.
    """
    card = card_of(held.content.encode(), str(held))
    if card.sha256 != held.sha256:
        raise CardChanged(
            message=_("台账中的模型卡与登记时的校验码不符。"), hint=_("请通知系统管理员，并从备份恢复。"),
            where={"card": held.pk, "written": held.sha256[:12], "found": card.sha256[:12]},
        )  # fmt: skip
    if held.approved_by is None or held.approved_on is None:
        return card
    return card.approved(
        approver=held.approved_by.name or held.approved_by.get_username(), on=held.approved_on,
        effective_from=held.effective_from, effective_to=held.effective_to,
    )  # fmt: skip


def text_of(card: Card) -> str:
    """A card as the register keeps it."""
    return card_file(card).decode()


def auc_e8_of(card: Card) -> int | None:
    """The area under the curve on rows held out, else on those fitted."""
    found = {each.sample: each.value for each in card.metrics if each.name == "auc"}
    value = found.get("held_out", found.get("fit"))
    return round(value * ONE_E8) if value is not None and 0 <= value <= 1 else None
