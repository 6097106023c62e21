"""The desk of guarantee circles: who stands beside a debtor, which circles there are, what de-risking one brings."""
