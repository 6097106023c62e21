"""The words of closed lists of models, Chinese and English side by side; a part of SAID."""

from collections.abc import Mapping

MODEL_SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "model_kind": {
        "scorecard": ("评分卡", "Scorecard"),
        "challenger": ("挑战模型", "Challenger"),
        "hazard": ("违约风险率", "Hazard"),
        "migration": ("迁徙矩阵", "Migration matrix"),
        "lgd": ("违约损失率", "Loss given default"),
    },
    "model_state": {
        "proposed": ("报批中", "Proposed"),
        "approved": ("已批准", "Approved"),
        "retiring": ("退役报批中", "Being retired"),
        "retired": ("已退役", "Retired"),
        "replaced": ("已被取代", "Replaced"),
        "refused": ("已否决", "Refused"),
    },
    "model_measure": {
        "psi": ("分数稳定性（PSI）", "Stability of the score (PSI)"),
        "csi": ("特征稳定性（CSI）", "Stability of a feature (CSI)"),
        "missing": ("缺失率", "Share missing"),
        "expected_auc": ("预期AUC", "Expected AUC"),
        "mean_pd": ("平均违约概率", "Mean PD"),
        "default_rate": ("实际违约率", "Default rate"),
        "auc": ("区分能力（AUC）", "Ranking (AUC)"),
        "gini": ("基尼系数", "Gini"),
        "ks": ("KS", "KS"),
        "brier": ("Brier 分数", "Brier score"),
        "brier_reliability": ("Brier 可靠性", "Brier, reliability"),
        "brier_resolution": ("Brier 分辨度", "Brier, resolution"),
        "brier_uncertainty": ("Brier 不确定性", "Brier, uncertainty"),
        "brier_within": ("Brier 段内", "Brier, within bands"),
        "calibration_p": ("校准检验（p 值）", "Calibration (p-value)"),
        "moves": ("迁徙次数", "Moves counted"),
    },
    "light": {
        "green": ("正常", "Green"),
        "amber": ("关注", "Amber"),
        "red": ("报警", "Red"),
    },
    "alarm_state": {
        "open": ("未处置", "Open"),
        "disposed": ("已处置", "Answered"),
        "over": ("已恢复", "Over"),
    },
    "alarm_disposal": {
        "retune": ("重新拟合", "Fit anew"),
        "accept": ("继续使用", "Use as it is"),
        "retire": ("退役", "Retire"),
    },
}
