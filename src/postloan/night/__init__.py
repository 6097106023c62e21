"""The night: shards of debtors through the plan, checked, then handed to publishing."""
