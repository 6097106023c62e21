"""Messages to who owes or answers for a debt: written from templates, sent when the gate allows it, and receipted."""
