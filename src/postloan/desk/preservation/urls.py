"""Addresses of asset preservation."""

from django.urls import path

from postloan.desk.preservation.accountability import views as accountability
from postloan.desk.preservation.assets import views as assets
from postloan.desk.preservation.counsel import views as counsel
from postloan.desk.preservation.handover import views as handover
from postloan.desk.preservation.packages import views as packages
from postloan.desk.preservation.realisation import views as realisation
from postloan.desk.preservation.routes import views as routes

app_name = "preservation"
_FILE, _FIRM = "preservation/handovers/<int:handover_id>/", "preservation/firms/<int:firm_id>/"
_CHOICE, _MANDATE = "preservation/routes/<uuid:comparison_id>/", "preservation/mandates/<uuid:mandate_id>/"
_PACKAGE, _ASSET = "preservation/packages/<uuid:package_id>/", "preservation/assets/<uuid:key>/"
_AGREED = "preservation/realisations/<uuid:key>/"
_CASE = "preservation/accountability/<uuid:key>/"

urlpatterns = [
    path("preservation/handovers/", handover.handovers, name="handovers"),
    path(_FILE, handover.handover, name="handover"),
    path(f"{_FILE}tick", handover.tick, name="tick"),
    path(f"{_FILE}give", handover.give, name="give"),
    path(f"{_FILE}receive", handover.receive, name="receive"),
    path("preservation/routes/", routes.routes, name="routes"),
    path("preservation/routes/of/<str:debtor_id>/", routes.routes_of, name="routes_of"),
    path("preservation/routes/of/<str:debtor_id>/choose", routes.choose, name="choose"),
    path(_CHOICE, routes.comparison, name="comparison"),
    path(f"{_CHOICE}decide", routes.decide, name="route_decide"),
    path(f"{_CHOICE}plan", routes.plan, name="route_plan"),
    path("preservation/mandates/", counsel.mandates, name="mandates"),
    path("preservation/mandates/of/<str:debtor_id>/", counsel.mandates_of, name="mandates_of"),
    path("preservation/mandates/of/<str:debtor_id>/give", counsel.give, name="mandate_give"),
    path(_MANDATE, counsel.mandate, name="mandate"),
    path(f"{_MANDATE}cost", counsel.book_cost, name="cost"),
    path(f"{_MANDATE}close", counsel.close, name="mandate_close"),
    path("preservation/firms/", counsel.firms, name="firms"),
    path("preservation/firms/list", counsel.list_firm, name="firm_list"),
    path(f"{_FIRM}lawyer", counsel.add_lawyer, name="lawyer_add"),
    path(f"{_FIRM}conflict", counsel.note_conflict, name="conflict_note"),
    path("preservation/packages/", packages.packages, name="packages"),
    path("preservation/packages/open", packages.open_package, name="package_open"),
    path(_PACKAGE, packages.package, name="package"),
    path(f"{_PACKAGE}fill", packages.fill, name="package_fill"),
    path(f"{_PACKAGE}out", packages.take_out, name="package_out"),
    path(f"{_PACKAGE}check", packages.check, name="package_check"),
    path(f"{_PACKAGE}price", packages.price, name="package_price"),
    path(f"{_PACKAGE}move", packages.move, name="package_move"),
    path(f"{_PACKAGE}bid", packages.bid, name="package_bid"),
    path(f"{_PACKAGE}propose", packages.propose, name="package_propose"),
    path(f"{_PACKAGE}decide", packages.decide, name="package_decide"),
    path("preservation/assets/", assets.assets, name="assets"),
    path("preservation/assets/register", assets.register, name="asset_register"),
    path(_ASSET, assets.asset, name="asset"),
    path(f"{_ASSET}count", assets.count, name="asset_count"),
    path(f"{_ASSET}confirm", assets.confirm, name="asset_confirm"),
    path(f"{_ASSET}write-down", assets.write_down, name="asset_write_down"),
    path(f"{_ASSET}sell", assets.sell, name="asset_sell"),
    path(f"{_ASSET}decide", assets.decide, name="asset_decide"),
    path("preservation/realisations/", realisation.realisations, name="realisations"),
    path("preservation/realisations/of/<str:collateral_id>/", realisation.of_collateral, name="realisation_of"),
    path("preservation/realisations/of/<str:collateral_id>/propose", realisation.propose, name="realisation_propose"),
    path(_AGREED, realisation.realisation, name="realisation"),
    path(f"{_AGREED}decide", realisation.decide, name="realisation_decide"),
    path(f"{_AGREED}sell", realisation.sell, name="realisation_sell"),
    path(f"{_AGREED}settle", realisation.settle, name="realisation_settle"),
    path(f"{_AGREED}settled", realisation.settled, name="realisation_settled"),
    path(f"{_AGREED}surplus", realisation.surplus, name="realisation_surplus"),
    path(f"{_AGREED}drop", realisation.drop, name="realisation_drop"),
    path("preservation/accountability/", accountability.accountabilities, name="accountabilities"),
    path("preservation/accountability/open", accountability.open_case, name="accountability_open"),
    path(_CASE, accountability.accountability, name="accountability"),
    path(f"{_CASE}propose", accountability.propose, name="accountability_propose"),
    path(f"{_CASE}vote", accountability.vote, name="accountability_vote"),
]
