"""Handing a debtor file over to asset preservation: opened by nights, ticked, handed and received by two people."""
