"""Reasons: every rule that can send a row to quarantine, in words a data steward can act on, in English and Chinese.

Words in braces are filled in: {column} is the schema's column, the rest are named by whoever complains.
"""

REASONS: dict[str, tuple[str, str]] = {
    # what a value looks like
    "required": ("{column} is empty.", "{column} 不能为空。"),
    "not_a_number": ("{column} is not a number.", "{column} 不是数字。"),
    "too_many_decimals": (
        "{column} has more decimals than its unit holds ({decimals}).",
        "{column} 的小数位数超过 {decimals} 位。",
    ),
    "out_of_range": ("{column} is too large to hold.", "{column} 数值过大。"),
    "too_small": ("{column} is less than {bound}.", "{column} 小于 {bound}。"),
    "too_large": ("{column} is more than {bound}.", "{column} 大于 {bound}。"),
    "negative": ("{column} is negative.", "{column} 为负数。"),
    "not_a_day": ("{column} is not a day of the calendar, written 2024-01-31.", "{column} 不是有效日期(2024-01-31)。"),
    "not_a_moment": (
        "{column} is not a moment, written 2024-01-31 09:30:00.",
        "{column} 不是有效时间(2024-01-31 09:30:00)。",
    ),
    "not_yes_or_no": ("{column} is neither true nor false.", "{column} 不是“是”或“否”。"),
    "not_in_list": ("{column} is not one of: {allowed}.", "{column} 不在取值范围内:{allowed}。"),
    "too_long": ("{column} is longer than {bound} bytes.", "{column} 超过 {bound} 字节。"),
    "wrong_form": ("{column} does not have the form {bound}.", "{column} 格式不符({bound})。"),
    "not_finite": ("{column} is not a finite number.", "{column} 不是有限数。"),
    "identifier_is_number": (
        "{column} is a number in the spreadsheet, so leading zeros are lost; format the column as text.",
        "{column} 在表格中为数字,前导零已丢失;请将该列设为文本。",
    ),
    # rows against each other
    "duplicate_key": (
        "The key comes more than once with different contents, and nothing says which is right.",
        "主键重复且内容不一致,无法判断哪一行正确。",
    ),
    "repeated_row": ("The row repeats an earlier row of the file.", "与文件中前面的行完全重复。"),
    "unknown_reference": (
        "{column} names a {refers} that the book does not hold.",
        "{column} 引用的{refers_zh}不存在。",
    ),
    "owner_changed": (
        "The row moves {key_name} to another debtor; a row stays with the debtor it came with.",
        "{key_name} 变更了所属客户;归属客户不可变更。",
    ),
    "key_moved": (
        "The row corrects an earlier one but names another {owner}; what belongs to whom cannot be corrected.",
        "更正行与原行的{owner_zh}不同;归属关系不可更正。",
    ),
    # rows against days
    "future_dated": ("{column} is later than the feed's day.", "{column} 晚于数据日期。"),
    "ends_before_it_begins": ("{column} is before {other}.", "{column} 早于 {other}。"),
    "paid_before_disbursed": ("The payment is dated before the loan was paid out.", "还款日早于放款日。"),
    # what is not supported, or not allowed
    "foreign_currency": (
        "The loan is not in the book's currency, {book_currency}.",
        "借据币种不是记账本位币 {book_currency}。",
    ),
    "allocation_not_supported": (
        "A payment with its own allocation is not supported yet; leave the column empty.",
        "暂不支持指定还款顺序,请留空。",
    ),
    # reversals
    "reversal_of_unknown": ("The payment that this row takes back is not in the book.", "被冲正的还款不存在。"),
    "reversal_of_reversal": ("The row takes back a reversal.", "不能冲正一笔冲正。"),
    "reversal_of_other_loan": ("The payment taken back belongs to another loan.", "被冲正的还款属于另一笔借据。"),
    "reversal_of_other_amount": ("The amount differs from the payment taken back.", "冲正金额与原还款金额不一致。"),
    "reversal_before_payment": ("The reversal is dated before the payment it takes back.", "冲正日早于原还款日。"),
    "reversed_twice": ("The payment is taken back more than once.", "同一还款被多次冲正。"),
    # decisions
    "decision_kind_unknown": ("The kind of decision is not one of: {allowed}.", "决定类型不在取值范围内:{allowed}。"),
    "decision_terms_wrong": ("The terms of the decision are wrong: {said}.", "决定内容有误:{said}。"),
    "decision_does_not_end": (
        "A decision of this kind has no last day ({kinds}); leave {column} empty, or withdraw the decision.",
        "此类决定({kinds})没有终止日,请将 {column} 留空;如需取消,请撤销决定。",
    ),
    # rules of the schemas, by the schemas' names for them
    "matures_after_it_is_paid_out": ("", "到期日须晚于放款日。"),
    "paid_out_after_it_is_signed": ("", "放款日不得早于签订日。"),
    "its_rate_is_not_negative": ("", "年利率不得为负。"),
    "first_due_in_its_term": ("", "首次还款日须晚于放款日，且不晚于到期日。"),
    "its_steps_are_not_negative": ("", "阶梯倍数不得为负。"),
    "overdue_principal_is_part_of_outstanding": ("", "逾期本金不得大于本金余额。"),
    "what_was_met_is_part_of_the_principal": ("", "转让收回与抵债之和不得大于核销本金。"),
    "overdue_principal_has_its_due_day": ("", "有逾期本金时须有最早欠本日,且不晚于期初日。"),
    "overdue_interest_has_its_due_day": ("", "有逾期利息时须有最早欠息日,且不晚于期初日。"),
    "overdue_debt_is_part_of_debt": ("", "逾期90天以上负债不得大于全部负债。"),
    "binds_a_loan_or_a_facility": ("", "借据号与授信号须且只须填一个。"),
    "concerns_a_loan_or_a_contract": ("", "借据号与合同号至少填一个。"),
}
