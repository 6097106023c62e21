"""The words of closed lists of asset preservation, Chinese and English side by side; a part of SAID."""

from collections.abc import Mapping

PRESERVATION_SAID: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "route": {
        "cash": ("现金清收", "Collection in cash"),
        "settlement": ("折扣和解", "Settlement for less"),
        "court": ("诉讼执行", "Suit and enforcement"),
        "asset": ("以物抵债", "Asset for debt"),
        "package": ("打包转让", "Sale in a package"),
        "write_off": ("核销后追偿", "Write-off, pursued"),
    },
    "route_outcome": {
        "collected": ("收回", "Collected"),
        "kept": ("按约履行", "Kept"),
        "broken": ("未履行", "Broken"),
        "first_auction": ("一拍成交", "Sold at the first auction"),
        "second_auction": ("二拍成交", "Sold at the second auction"),
        "sell_off": ("变卖成交", "Sold off"),
        "unsold": ("未能变现", "Not sold"),
        "sold": ("持有后出售", "Held and sold"),
        "transferred": ("转让", "Transferred"),
        "pursued": ("核销后收回", "Recovered after writing off"),
    },
    "route_field": {
        "appraisal": ("担保物评估价", "Appraisal of securities"),
        "prior": ("先顺位债权", "Prior claims"),
        "rate": ("折现率（%）", "Discount rate (%)"),
        "collected": ("现金回收率（%）", "Collected in cash (%)"),
        "cash_days": ("现金清收天数", "Days of collection"),
        "haircut": ("和解折扣（%）", "Given up in a settlement (%)"),
        "kept": ("和解履约概率（%）", "A settlement is kept (%)"),
        "trial_days": ("审理天数", "Days of the trial"),
        "first_price": ("一拍起拍价/评估价（%）", "First price of the appraisal (%)"),
        "first_sold": ("一拍成交概率（%）", "Sold at the first auction (%)"),
        "second_price": ("二拍/一拍起拍价（%）", "Second price of the first (%)"),
        "second_sold": ("二拍成交概率（%）", "Sold at the second auction (%)"),
        "third_sold": ("变卖成交概率（%）", "Sold off (%)"),
        "sale_cost": ("拍卖税费（%）", "Costs of the sale (%)"),
        "discount": ("抵债折扣（%）", "Discount on an asset (%)"),
        "yearly_cost": ("年持有成本（%）", "Yearly cost of holding (%)"),
        "held_days": ("持有天数", "Days held"),
        "package_price": ("转让价/债权（%）", "Package price of the claim (%)"),
        "recovered": ("核销后回收率（%）", "Recovered after a write-off (%)"),
        "recovered_days": ("核销后回收天数", "Days until recovered"),
    },
    "comparison_state": {
        "proposed": ("报批中", "Proposed"),
        "approved": ("已批准", "Approved"),
        "refused": ("已否决", "Refused"),
    },
    "handover_state": {
        "open": ("待移交", "To be handed over"),
        "handed": ("待接收", "To be received"),
        "received": ("已接收", "Received"),
        "gone": ("已消除", "Gone"),
    },
    "firm_rating": {
        "A": ("A 级", "A"),
        "B": ("B 级", "B"),
        "C": ("C 级", "C"),
        "D": ("D 级（不委托）", "D (no mandates)"),
    },
    "mandate_state": {
        "running": ("办理中", "Under way"),
        "won": ("胜诉", "Won"),
        "lost": ("败诉", "Lost"),
        "settled": ("和解", "Settled"),
        "ended": ("终止", "Ended"),
    },
    "fee_kind": {
        "fixed": ("固定收费", "Fixed fee"),
        "contingent": ("风险代理", "Contingent fee"),
        "hourly": ("计时收费", "By the hour"),
    },
    "mandate_cost": {
        "lawyer": ("律师费", "Lawyer"),
        "court": ("诉讼费", "Court"),
        "preservation": ("保全费", "Preservation"),
        "execution": ("执行费", "Execution"),
        "appraisal": ("评估费", "Appraisal"),
        "auction": ("拍卖费", "Auction"),
        "notary": ("公证费", "Notary"),
        "travel": ("差旅费", "Travel"),
        "other": ("其他费用", "Other"),
    },
    "package_kind": {
        "companies": ("对公批量转让", "Companies in a batch"),
        "single": ("对公单户转让", "A single company"),
        "persons": ("个人批量转让", "Persons in a batch"),
    },
    "package_state": {
        "draft": ("组包中", "Being filled"),
        "priced": ("已定价", "Priced"),
        "bidding": ("报价中", "Up for bids"),
        "proposed": ("报批中", "Proposed"),
        "sold": ("已转让", "Sold"),
        "dropped": ("已放弃", "Given up"),
    },
    "package_bar": {
        "off_book": ("不在账", "Not on the book"),
        "performing": ("不是不良贷款", "Not non-performing"),
        "state_organ": ("债务人为国家机关", "The debtor is a state organ"),
        "industry": ("行业不得转让", "Its industry is not sold"),
        "of_a_person": ("个人贷款不得对公转让", "A person's loan"),
        "of_a_company": ("企业贷款不入个人包", "A company's loan"),
        "pilot_ended": ("试点期已过", "The pilot has ended"),
        "pilot_security": ("抵押类个人贷款不在试点内", "A person's mortgage is not in the pilot"),
        "pilot_product": ("产品不在试点内", "The product is not in the pilot"),
    },
    "asset_state": {
        "held": ("持有", "Held"),
        "sold": ("已处置", "Sold"),
    },
    "asset_found": {
        "found": ("账实相符", "Found"),
        "missing": ("盘亏", "Missing"),
        "damaged": ("毁损", "Damaged"),
    },
    "realisation_way": {
        "convert": ("折价", "Taken at its value"),
        "auction": ("拍卖", "Auctioned"),
        "sale": ("变卖", "Sold"),
    },
    "realisation_right": {
        "mortgage": ("抵押权", "Mortgage"),
        "pledge": ("质权", "Pledge"),
    },
    "realisation_cause": {
        "unpaid": ("到期债务未履行", "A debt is due and unpaid"),
        "event": ("约定的实现情形发生", "What was agreed on has happened"),
    },
    "realisation_state": {
        "proposed": ("报批中", "Proposed"),
        "agreed": ("已批准，待处置", "Agreed to, to be sold"),
        "refused": ("已否决", "Refused"),
        "dropped": ("已放弃", "Given up"),
        "sold": ("已成交，待入账", "Sold, its money to come in"),
        "settling": ("结算报批中", "Its settlement proposed"),
        "closed": ("已办结", "Closed"),
    },
    "offered_price": {
        "value": ("押品当日价值", "The day's value"),
        "first": ("处置路径一拍起拍价", "First price of the route"),
        "second": ("处置路径二拍起拍价", "Second price of the route"),
        "taken": ("处置路径抵债作价", "Taking price of the route"),
    },
    "accountability_state": {
        "open": ("调查中", "Facts are gathered"),
        "voting": ("表决中", "Voted on"),
        "closed": ("已办结", "Closed"),
    },
    "accountability_finding": {
        "liable": ("认定有责", "Liable"),
        "exempt": ("尽职免责", "Exempt: all did what was due"),
    },
}

WORK_KINDS: Mapping[str, tuple[str, str]] = {
    "preservation_handover": ("移交资产保全", "Hand a file over to asset preservation"),
    "preservation_receive": ("接收移交档案", "Receive a file handed over"),
    "asset_dispose": ("抵债资产处置", "Sell a repossessed asset"),
    "asset_count": ("抵债资产盘点", "Count a repossessed asset"),
    "realisation_sell": ("协议处置押品：落实处置", "Sell collateral as agreed"),
    "realisation_settle": ("协议处置押品：价款入账", "Have the money of a sale in"),
    "realisation_surplus": ("协议处置押品：退还余额", "Give the owner what is beyond the claims"),
    "accountability_due": ("责任认定", "Say who answers for a loss"),
}
"""Its kinds of work."""

CASE_KINDS: Mapping[str, tuple[str, str]] = {
    "route_cash": ("处置路径：现金清收", "Route: cash"),
    "route_settlement": ("处置路径：折扣和解", "Route: settlement"),
    "route_court": ("处置路径：诉讼执行", "Route: court"),
    "route_asset": ("处置路径：以物抵债", "Route: asset"),
    "route_package": ("处置路径：打包转让", "Route: package"),
    "route_write_off": ("处置路径：核销后追偿", "Route: write-off"),
    "package_sale": ("资产包转让", "Sale of a package"),
    "asset_sale": ("抵债资产处置", "Sale of a repossessed asset"),
    "asset_sale_low": ("抵债资产低价处置", "Sale of a repossessed asset below the least price"),
    "asset_write_down": ("抵债资产减值", "Write-down of a repossessed asset"),
    "realisation_convert": ("协议折价抵债", "Collateral taken by agreement"),
    "realisation_auction": ("协议拍卖押品", "Collateral auctioned by agreement"),
    "realisation_sale": ("协议变卖押品", "Collateral sold by agreement"),
    "realisation_settled": ("协议处置价款结算", "Settlement of an agreed sale"),
}
"""Its kinds of case."""

CASE_STEPS: Mapping[str, tuple[str, str]] = {
    "preservation.write": ("提出", "Proposal"),
    "preservation.review": ("复核", "Review"),
    "preservation.approve": ("批准", "Approval"),
}
"""The steps of its chains."""
