"""The register of models: cards proposed, approved, watched and retired."""
