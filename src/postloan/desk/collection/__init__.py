"""Collection: one case a debtor that is past due, its queue, contacts, promises, and how well it goes."""
