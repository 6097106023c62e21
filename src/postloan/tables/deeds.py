"""Deeds: what the audit log says was done, in Chinese and English; the code stays the key."""

from postloan.tables.said import LANGUAGES, Language

DEEDS: dict[str, tuple[str, str]] = {
    "classification.approve": ("分类审批", "Classes approved"),
    "classification.closed": ("关闭分类批次", "Batch of classes closed"),
    "classification.determine": ("分类认定", "Classes determined"),
    "classification.opened": ("开启分类批次", "Batch of classes opened"),
    "classification.propose": ("分类初分", "Classes proposed"),
    "covenant.approve": ("批准约定事项", "Covenant matter approved"),
    "covenant.noticed": ("登记违约通知", "Notice of a breach recorded"),
    "covenant.review": ("复核约定事项", "Covenant matter reviewed"),
    "covenant.write": ("提出约定事项", "Covenant matter proposed"),
    "debtor.unmasked": ("查看客户隐私", "Personal data opened"),
    "decision.refused": ("决定被接收退回", "Decision refused by intake"),
    "decision.withdraw": ("提出撤回决定", "Withdrawal proposed"),
    "decision.withdraw_approve": ("批准撤回决定", "Withdrawal approved"),
    "decisions.handed_over": ("决定移交夜间批处理", "Decisions handed over to the night"),
    "delegation.given": ("授权代办", "Delegation given"),
    "finding.confirmed": ("确认整改", "Correction confirmed"),
    "finding.corrected": ("提交整改", "Finding corrected"),
    "finding.sent_back": ("退回整改", "Correction sent back"),
    "freeze.approve": ("批准冻结", "Freeze approved"),
    "freeze.propose": ("提出冻结", "Freeze proposed"),
    "grant.ended": ("终止授权", "Role ended"),
    "grant.given": ("授予角色", "Role given"),
    "impairment.approve": ("批准减值事项", "Impairment matter approved"),
    "impairment.propose": ("提出减值事项", "Impairment matter proposed"),
    "impairment.replaced": ("减值批次被替换", "Impairment run replaced"),
    "impairment.returned": ("退回减值批次", "Impairment run returned"),
    "impairment.review": ("复核减值事项", "Impairment matter reviewed"),
    "impairment.reviewed": ("复核减值批次", "Impairment run reviewed"),
    "impairment.signed": ("签署减值批次", "Impairment run signed off"),
    "inspection.accepted": ("检查报告通过", "Inspection report accepted"),
    "inspection.file_removed": ("删除检查附件", "Inspection file removed"),
    "inspection.files_added": ("上传检查附件", "Inspection files added"),
    "inspection.returned": ("检查报告退回", "Inspection report returned"),
    "inspection.signed": ("检查报告签字", "Inspection report signed"),
    "inspection.submitted": ("提交检查报告", "Inspection report submitted"),
    "inspections.opened": ("生成检查任务", "Inspections opened"),
    "inspections.ordered": ("下达专项检查", "Special inspections ordered"),
    "lending.answered": ("答复信贷系统", "Lending system answered"),
    "list.exported": ("导出列表", "List exported"),
    "model.alarm_disposed": ("处理模型报警", "Model alarm disposed of"),
    "model.alarm_opened": ("模型报警", "Model alarm opened"),
    "model.alarm_over": ("模型报警解除", "Model alarm over"),
    "model.approve": ("批准模型卡", "Model card approved"),
    "model.propose": ("登记模型卡", "Model card proposed"),
    "model.replaced": ("模型卡被替换", "Model card replaced"),
    "model.validate": ("验证模型卡", "Model card validated"),
    "officer.opened": ("开立用户", "User opened"),
    "portfolio.transferred": ("移交客户组合", "Portfolio transferred"),
    "report.exported": ("导出报表", "Report exported"),
    "rows.refused": ("数据被接收退回", "Data refused by intake"),
    "session.closed": ("退出登录", "Logged out"),
    "session.opened": ("登录", "Logged in"),
    "session.refused": ("登录被拒", "Login refused"),
    "snapshot.adopted": ("接收营业日", "Business day adopted"),
    "statement.confirmed": ("确认上传报表", "Statements confirmed"),
    "statement.dropped": ("放弃上传报表", "Statements dropped"),
    "statement.read": ("上传报表", "Statements sent in"),
    "supervision.checked": ("督导检查底稿", "Working paper checked"),
    "supervision.closed": ("结束督导项目", "Supervision closed"),
    "supervision.issued": ("下发督导问题", "Supervision findings issued"),
    "supervision.opened": ("开立督导项目", "Supervision opened"),
    "supervision.rechecked": ("督导复查", "Re-checked"),
    "supervision.rectified": ("督导问题整改", "Supervision finding put right"),
    "token.ended": ("停用接口令牌", "Token ended"),
    "token.issued": ("签发接口令牌", "Token issued"),
    "view_as.begun": ("开始以他人视角查看", "View-as begun"),
    "view_as.ended": ("结束以他人视角查看", "View-as ended"),
    "warning.dismissed": ("认定误报", "Found a false alarm"),
    "warning.lift": ("解除预警", "Warning lifted"),
    "warning.measure_done": ("落实处置措施", "Measure carried out"),
    "warning.verified": ("核实预警", "Warning verified"),
    "warning.verify": ("确认预警事项", "Warning matter confirmed"),
    "warning.write": ("提出预警事项", "Warning matter proposed"),
    "warnings.opened": ("生成风险预警", "Warnings opened"),
    "work.assigned": ("分配待办", "Work assigned"),
    "work.done": ("办结待办", "Work done"),
    "work.urged": ("督办", "Work urged"),
}

ENDINGS: dict[str, tuple[str, str]] = {
    "returned": ("：退回", ": returned"),
    "refused": ("：否决", ": refused"),
    "all": ("（批量）", " (in a batch)"),
}
"""What became of a step of a chain, after the step's own deed."""


def deed_said(code: str, language: Language) -> str:
    """Say a deed of the audit log in a language; a code that is not known says itself."""
    at = LANGUAGES.index(language)
    if code in DEEDS:
        return DEEDS[code][at]
    deed, _point, ending = code.rpartition(".")
    return DEEDS[deed][at] + ENDINGS[ending][at] if deed in DEEDS and ending in ENDINGS else code
