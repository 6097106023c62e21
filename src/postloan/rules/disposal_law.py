"""The law of disposal, rule by rule: what binds a court that sells, and on what ground a debt leaves the book."""

from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from postloan.rules.figures import RuleFile
from postloan.rules.judicial_sale import JudicialSale
from postloan.rules.write_offs import WriteOffs

DISPOSAL_LAW: Mapping[str, TypeAdapter[Any]] = {
    "judicial_sale": TypeAdapter(RuleFile[JudicialSale]),
    "write_offs": TypeAdapter(RuleFile[WriteOffs]),
}
