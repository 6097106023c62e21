"""The lines of form G12 by number, in the form's Chinese and in English, and the checks the form prescribes."""

G12: dict[str, tuple[str, str]] = {
    "1": ("期末余额", "Balance at the end"),
    "2": ("本期增加", "Added in the period"),
    "3": ("正常类贷款", "Pass"),
    "4": ("关注类贷款", "Special mention"),
    "5": ("次级类贷款", "Substandard"),
    "6": ("可疑类贷款", "Doubtful"),
    "7": ("损失类贷款", "Loss"),
    "8": ("合计", "Total"),
    "9": ("重组上调", "Upgraded by restructuring"),
    "10": ("收回现金", "Cash"),
    "10.1": ("转为正常后归还", "Repaid after turning performing"),
    "10.2": ("不良贷款处置", "Disposal of non-performing loans"),
    "10.2.1": ("对外转让收回现金", "Cash from transfers"),
    "11": ("以物抵债", "Assets taken for debt"),
    "12": ("贷款核销", "Written off"),
    "12.1": ("对外转让损失核销", "Of it, losses of transfers"),
    "13": ("其他", "Other"),
    "14": ("不良贷款对外转让总额", "Non-performing loans transferred"),
    "15.1": ("不良贷款处置总额", "Non-performing loans disposed of"),
}
TIER_LINES = ("3", "4", "5", "6", "7")
"""The lines of the five tiers, in their order; the last three are non-performing."""
ENDS = ("C", "D", "E", "F", "G")
"""The letters of the five tiers at the end, in their order."""
DISPOSED = ("L", "M", "N")
"""The letters of the three non-performing tiers at disposal."""
MIGRATION, TURNED, REDUCED = ("A", "B", *ENDS, "H"), ("I", "J", "K"), ("B", *DISPOSED)

CHECKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("[1.]=[2.]+[3.]+[4.]+[5.]+[6.]+[7.]", ENDS),
    ("[1.]=[2.]+[3.]+[4.]+[5.]+[6.]+[7.]+[9.]", DISPOSED),
    ("[8.]=[3.]+[4.]+[5.]+[6.]+[7.]", ("A", "B")),
    ("[8.]=[5.]+[6.]+[7.]", TURNED),
    ("[9.]=[8.]+[2.]", ("J",)),
    ("[10.2.1]≤[10.2]", REDUCED),
    ("[12.1]≤[12]", REDUCED),
    ("[14]≥[10.2.1]+[12.1]", REDUCED),
    ("[A]=[B]+[C]+[D]+[E]+[F]+[G]", TIER_LINES),
    ("[H]=[C]+[D]+[E]+[F]+[G]", ("1", "2")),
    ("[I]=[E]+[F]+[G]=[J]+[K]", ("3", "4")),
    ("[I]=[C]+[D]=[J]+[K]", ("5", "6", "7")),
    ("[5.B]+[6.B]+[7.B]=[10.B]+[11.B]+[12.B]+[13.B]", ()),
    ("[9.J]=[9.L]+[9.M]+[9.N]", ()),
    ("[10.B]=[10.1B]+[10.2B]", ()),
    ("[10.2B]+[11.B]+[12.B]+[13.B]=[5.L]+[5.M]+[5.N]+[6.L]+[6.M]+[6.N]+[7.L]+[7.M]+[7.N]", ()),
    ("[1.]=[9.]+[10.2]+[11.]+[12.]+[13.]", DISPOSED),
    ("[10.2B]≤[10.2L]+[10.2M]+[10.2N]", ()),
    ("[10.2.1B]≤[10.2.1L]+[10.2.1M]+[10.2.1N]", ()),
    ("[11.B]≤[11.L]+[11.M]+[11.N]", ()),
    ("[12.B]≤[12.L]+[12.M]+[12.N]", ()),
    ("[12.1B]≤[12.1L]+[12.1M]+[12.1N]", ()),
    ("[15.1B]=[1.L]+[1.M]+[1.N]", ()),
)
