"""What agencies report and are paid: held against the ledger, to the cent."""
