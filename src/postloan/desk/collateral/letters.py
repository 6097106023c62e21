"""Papers of the collateral desk in Word: letters to borrowers and insurers, receipts of documents. In Chinese."""

from datetime import date

from postloan.desk.collateral.models import Call, Claim, Receipt
from postloan.desk.core.figures import money, said_percent
from postloan.desk.core.word import letter_of


def call_letter(call: Call, on: date) -> bytes:
    """Write the letter that asks a borrower to make up what falls short."""
    ltv = f"抵质押率 {said_percent(call.ltv_e8)}%" if call.ltv_e8 is not None else "押品当前不能计价"
    stood = (
        f"截至 {call.on}，贵方在我行的贷款（借据号 {call.loan_id}）由押品担保的本金为 {money(call.secured_cents)} 元，"
        f"押品可计价值为 {money(call.value_cents)} 元，{ltv}，超出我行最高抵质押率，"
        f"担保缺口 {money(call.shortfall_cents)} 元。"
    )
    asked = (
        f"请于 {call.due_on} 前补充我行认可的押品，或归还相应贷款，并提交证明材料。"
        "逾期未办理的，我行将依据合同及《中华人民共和国民法典》第四百零八条采取措施。"
    )
    return letter_of("补充担保通知书", [stood, asked], call.org.name, on, to=call.debtor_name)


def claim_letter(claim: Claim, on: date) -> bytes:
    """Write the letter that tells an insurer of a loss, and that what it pays is the bank's first."""
    happened = (
        f"{claim.happened_on}，我行押品 {claim.collateral_id}（保单号 {claim.policy_no}）出险：{claim.what}"
        f"初步估计损失 {money(claim.loss_cents)} 元。"
    )
    law = "《中华人民共和国民法典》第三百九十条"
    right = f"我行为该保单第一受益人，并依据{law}" if claim.is_first else f"我行为该押品的担保物权人，依据{law}"
    asked = f"{right}对保险金优先受偿。请及时核定，并将保险金直接支付至我行；未经我行书面同意，请勿支付他人。"
    return letter_of("押品出险暨保险金优先受偿通知书", [happened, asked], claim.org.name, on, to=claim.insurer)


def receipt_paper(receipt: Receipt) -> bytes:
    """Write the receipt of a document that came in or went out."""
    document = receipt.document
    lines = [
        f"单号：{receipt.pk:08d}",
        f"押品号：{document.collateral_id}",
        f"权证：{document.name}（编号 {document.number}）",
        f"{'领取人' if receipt.is_out else '交存人'}：{receipt.other}",
        f"事由：{receipt.reason}",
        f"经办：{receipt.first.name}　　复核：{receipt.second.name}",
    ]
    if receipt.due_back_on:
        lines.insert(4, f"应归还日：{receipt.due_back_on}")
    return letter_of("权证出库单" if receipt.is_out else "权证入库单", lines, receipt.org.name, receipt.on)
