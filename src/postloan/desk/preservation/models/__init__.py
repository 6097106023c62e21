"""The records of asset preservation."""

from postloan.desk.preservation.models.accountability import Accountability, Vote
from postloan.desk.preservation.models.assets import Asset, AssetCount, AssetLoss
from postloan.desk.preservation.models.counsel import Conflict, Firm, Lawyer, Mandate, MandateCost
from postloan.desk.preservation.models.handover import Handover, HandoverFile
from postloan.desk.preservation.models.packages import Bid, Package, PackageCheck, PackageLoan
from postloan.desk.preservation.models.realisations import Realisation, RealisationPayment
from postloan.desk.preservation.models.routes import RouteComparison

__all__ = [
    "Accountability", "Asset", "AssetCount", "AssetLoss", "Bid", "Conflict", "Firm", "Handover", "HandoverFile",
    "Lawyer", "Mandate", "MandateCost", "Package", "PackageCheck", "PackageLoan", "Realisation", "RealisationPayment",
    "RouteComparison", "Vote",
]  # fmt: skip
