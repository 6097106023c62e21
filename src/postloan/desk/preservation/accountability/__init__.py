"""Who answers for a loss: facts, votes and a finding within a set time."""
