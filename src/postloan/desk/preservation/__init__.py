"""The desk of asset preservation: hand-over, ways out compared, counsel, packages, repossessed assets, accountability."""
